import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoEstate, startSimulator } from './index.ts';

/** `npm run simulator`: the demo estate on SIMULATOR_PORT (default 7443, 0: any) and the ports after it. Ends with Ctrl+C. */
const port = Number(process.env['SIMULATOR_PORT'] ?? 7443);
const simulator = await startSimulator({
  estate: demoEstate(),
  certificateFolder: process.env['KEYSMITH_DATA'] ?? join(tmpdir(), 'keysmith-simulator'),
  port,
  timing: {
    newKeyDelay: 5_000,
    oldKeyDelay: 20_000,
    listKeysLag: 2_000,
    listKeysStaleShare: 0.5,
    metricsLag: 5_000,
    wrapTime: 20_000,
    grantDelay: 60_000,
  },
});

const line = (text: string): boolean => process.stdout.write(`${text}\n`);
for (const [name, value] of Object.entries(simulator.environment)) line(`${name}=${value}`);
for (const { name } of simulator.estate.vaults) line(`# vault ${name}: ${simulator.vaultUrl(name)}`);
simulator.onEffect((effect) => line(JSON.stringify({ event: 'effect', ...effect })));

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void simulator.close());
