import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { production } from './support.ts';

const program = `
  import { DefaultAzureCredential } from '@azure/identity';
  import { CognitiveServicesManagementClient } from '@azure/arm-cognitiveservices';
  const client = new CognitiveServicesManagementClient(new DefaultAzureCredential(), '${production}', {
    endpoint: process.env.AZURE_RESOURCE_MANAGER_ENDPOINT,
  });
  await client.accounts.regenerateKey('contoso-ai', 'contoso-chat', 'Key2');
`;

test('a program that gets nothing but the printed settings can rotate a key, and the effect is logged', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
  const simulator = spawn(process.execPath, ['src/simulator/main.ts'], {
    env: { SIMULATOR_PORT: '0', KEYSMITH_DATA: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(simulator, 'exit');
  try {
    const lines = createInterface({ input: simulator.stdout });
    const environment: Record<string, string> = {};
    const effect = new Promise<unknown>((resolve) => {
      lines.on('line', (line) => {
        if (line.startsWith('{')) resolve(JSON.parse(line));
      });
    });
    await new Promise<void>((resolve) => {
      lines.on('line', (line) => {
        const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
        if (name !== undefined && value !== undefined) environment[name] = value;
        if (line.startsWith('# vault')) resolve();
      });
    });
    await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { env: environment });
    expect(await effect).toMatchObject({
      event: 'effect',
      kind: 'regenerateKey',
      target: 'contoso-chat',
      slot: 'Key2',
      principal: 'keysmith',
    });
  } finally {
    simulator.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
  expect(simulator.exitCode).toBe(0);
}, 30_000);
