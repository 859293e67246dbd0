import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { join, resolve } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';

const root = resolve(import.meta.dirname, '../..');

/** One line each, written as if into a file of the domain. */
const impure = [
  'Date.now()',
  'new Date()',
  'performance.now()',
  'setTimeout(() => 0, 1)',
  'setInterval(() => 0, 1)',
  'setImmediate(() => 0)',
  'queueMicrotask(() => 0)',
  'Math.random()',
  'crypto.randomUUID()',
  "fetch('http://localhost')",
  'process.env',
  'globalThis.Date.now()',
];

type Message = { line: number; ruleId: string };

let messages: Message[] = [];

beforeAll(async () => {
  // the linter knows types from the project, so the text borrows the name of a file that exists
  messages = await lint([...impure, 'Math.max(1, 2)'], 'src/domain/result.ts');
}, 60_000);

test.each(impure.map((code, n) => [code, n + 1] as const))('the domain may not use %s', (_, line) => {
  expect(rulesAt(line)).toHaveLength(1);
});

test('the domain may calculate', () => {
  expect(rulesAt(impure.length + 1)).toEqual([]);
});

function rulesAt(line: number): string[] {
  const purity = ['no-restricted-globals', 'no-restricted-properties'];
  return messages.filter((m) => m.line === line && purity.includes(m.ruleId)).map((m) => m.ruleId);
}

async function lint(lines: string[], file: string): Promise<Message[]> {
  const eslint = join(root, 'node_modules/eslint/bin/eslint.js');
  const args = [eslint, '--format', 'json', '--stdin', '--stdin-filename', file];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(lines.join('\n'));
  const [report] = JSON.parse(await text(child.stdout)) as { messages: Message[] }[];
  if (!report) throw new Error('the linter reported nothing');
  return report.messages;
}
