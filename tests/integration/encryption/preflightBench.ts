import { pause, systemClock } from '../../../src/adapters/ambient/index.ts';
import type { Policies } from '../../../src/application/ports/policy.ts';
import type { Run, StepRunner, Tools } from '../../../src/application/step.ts';
import { checkKey } from '../../../src/application/steps/encryptionKey/checkKey.ts';
import { lookAtEncryption } from '../../../src/application/steps/encryptionKey/lookAtEncryption.ts';
import type { Check } from '../../../src/domain/checks.ts';
import type { EncryptionPlan } from '../../../src/domain/encryptionKey/plan.ts';
import type { EncryptionKeyRotation } from '../../../src/domain/encryptionKey/rotation.ts';
import type { EncryptionAnswer } from '../../../src/domain/encryptionKey/steps.ts';
import type { KeyChoice } from '../../../src/domain/encryptionKey/target.ts';
import { digest, type EffectKey, parseRotationId } from '../../../src/domain/ids.ts';
import type { EncryptionRules, Rules } from '../../../src/domain/policy.ts';
import type { Step, StepAsk } from '../../../src/domain/steps.ts';
import type { Estate } from '../../../src/simulator/index.ts';
import { salt, startBench as startAzure, type Bench as AzureBench } from '../azure/support.ts';
import { quickTiming } from '../../support/timing.ts';

const id = parseRotationId('R-7K3FQ2');
if (!id.ok) throw new Error('bad fixture');

export type Preflight = Readonly<{
  azure: AzureBench;
  rules: { encryption: EncryptionRules; oneWay: boolean };
  look(account: string): Promise<EncryptionAnswer['lookAtEncryption']>;
  /** The plan for one choice. */
  check(account: string, choice: KeyChoice): Promise<EncryptionPlan>;
  /** Puts every row of the estate back as it was at the start. */
  restore(): void;
}>;

/** Both steps of the first stage over the real adapter and a simulated Azure; no database. */
export async function startPreflight(): Promise<Preflight> {
  const azure = await startAzure({ throttle: { reads: { capacity: 10_000, refillPerSecond: 1000 } } });
  const { simulator } = azure;
  const rules: Preflight['rules'] = { encryption: { type: 'RSA', bits: 2048 }, oneWay: true };
  const policies: Policies = {
    homeChannel: null,
    version: { digest: digest('policy'), meaning: {}, text: '' },
    accounts: [],
    rulesFor: () => rulesOf(rules),
  };
  const tools = {
    azure: azure.azure,
    encryption: azure.azure.encryption,
    policies,
    clock: systemClock,
    pause,
    nearest: (_name: string, names: readonly string[]) => names.slice(0, 2),
  } as unknown as Tools;
  const saved = structuredClone(simulator.estate);

  const runOf = <S extends Step>(ask: StepAsk[S], rotation: Partial<EncryptionKeyRotation>): Run<S> =>
    ({
      rotation,
      salt,
      key: 'R-7K3FQ2/step/1' as EffectKey,
      attempt: 1,
      ask,
      signal: new AbortController().signal,
    }) as unknown as Run<S>;
  const look: Preflight['look'] = async (account) =>
    answerOf(lookAtEncryption, tools, runOf<'lookAtEncryption'>({ account }, {}));
  return {
    azure,
    rules,
    look,
    check: async (account, choice) => {
      const found = { account: azure.account(account) };
      const run = runOf<'checkKey'>({ choice }, { found } as Partial<EncryptionKeyRotation>);
      return (await answerOf(checkKey, tools, run)).plan;
    },
    restore: () => {
      simulator.faults.clear();
      restoreRows(simulator.estate, saved);
      Object.assign(rules, { encryption: { type: 'RSA', bits: 2048 }, oneWay: true });
    },
  };
}

async function answerOf<S extends Step>(runner: StepRunner<S>, tools: Tools, run: Run<S>) {
  const came = await runner(tools, run);
  if (came.to !== 'answer') throw new Error(JSON.stringify(came));
  return came.answer;
}

const rulesOf = ({ encryption, oneWay }: Preflight['rules']): Rules => ({
  gates: {
    prepare: { need: 2, from: [] },
    retire: { need: 2, from: [] },
    ...(oneWay && { oneWay: { need: 3, from: [] } }),
  },
  consumers: [],
  afterwards: 'stay',
  encryption,
  timing: quickTiming(),
  policy: digest('policy'),
});

/** In place: the simulated Azure holds on to its rows. */
function restoreRows(estate: Estate, saved: Estate): void {
  const fresh = structuredClone(saved);
  for (const list of ['accounts', 'vaults', 'principals'] as const)
    estate[list].forEach((row, index) => {
      for (const name of Object.keys(row)) Reflect.deleteProperty(row, name);
      Object.assign(row, fresh[list][index]);
    });
  Object.assign(estate, {
    locks: fresh.locks,
    identities: fresh.identities,
    roleAssignments: fresh.roleAssignments,
  });
}

/** One check of a plan, by name. */
export function checkIn({ checks }: EncryptionPlan, name: string): Check {
  const found = checks.filter((check) => check.name === name);
  const [only] = found;
  if (only === undefined || found.length > 1)
    throw new Error(`${found.length} checks are named ${name}: ${checks.map((one) => one.name).join(', ')}`);
  return only;
}
