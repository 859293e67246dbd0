import { expect, test } from '@jest/globals';
import { runNode } from '../support/child.ts';

const minute = 60_000;

test('returns what a child printed and how it ended', async () => {
  const script = "console.log('out'); console.error('err'); process.exitCode = 3";
  const { code, late, output } = await runNode(['-e', script], minute, 'kept');
  expect({ code, late }).toEqual({ code: 3, late: false });
  expect(output).toContain('out');
  expect(output).toContain('err');
});

test('ends a child that hangs', async () => {
  const { code, late } = await runNode(['-e', 'setInterval(() => 0, 1000)'], 200, 'kept');
  expect({ code, late }).toEqual({ code: null, late: true });
});

test('ends what a child left running, even when it holds the output open', async () => {
  const forever = 'setInterval(() => 0, 1000)';
  const script = `
    const { spawn } = require('node:child_process');
    const left = spawn(process.execPath, ['-e', '${forever}'], { stdio: 'inherit' });
    left.once('spawn', () => { console.log(left.pid); process.exit(); });`;
  // without an end for what is left, its open output would keep this waiting for ever
  const { code, output } = await runNode(['-e', script], minute, 'kept');
  expect(code).toBe(0);
  expect(Number(output)).toBeGreaterThan(0);
});
