import { afterAll, beforeAll, beforeEach, expect } from '@jest/globals';
import { setTimeout as wait } from 'node:timers/promises';
import type { Answer, Said } from '../../../src/application/conversation.ts';
import type { EncryptionKeyRotation, EncryptionPhase } from '../../../src/domain/encryptionKey/rotation.ts';
import type { KeyChoice } from '../../../src/domain/encryptionKey/target.ts';
import type { RotationId } from '../../../src/domain/ids.ts';
import type { Person } from '../../../src/domain/people.ts';
import type { Timing } from '../../../src/domain/policy.ts';
import type { Stage } from '../../../src/domain/procedures.ts';
import type { KeyRow } from '../../../src/simulator/keyRows.ts';
import type { AccountRow, VaultRow } from '../../../src/simulator/rows.ts';
import type { Effect, Simulator, SimulatorOptions } from '../../../src/simulator/index.ts';
import { quickTiming } from '../../support/timing.ts';
import { ada, bo, chen, dana, startBench, type Bench } from '../rotation/bench.ts';

export { ada, bo, chen, dana };

const place = { conversation: 'channel', serviceUrl: 'https://teams.example' };

type At<A extends EncryptionPhase['at']> = EncryptionKeyRotation &
  Readonly<{ phase: Extract<EncryptionPhase, { at: A }> }>;

/** Longer than anything here takes, shorter than a test may: a wait that outlives its test would keep jest alive. */
const patience = 25_000;

/** Resolves once it is so, looking again and again; rejects when that takes too long. */
export async function becomesTrue(so: () => boolean | Promise<boolean>): Promise<void> {
  const until = Date.now() + patience;
  while (!(await so())) {
    if (Date.now() > until) throw new Error(`waited in vain for ${String(so)}`);
    await wait(25);
  }
}

/** One bench for the tests of a file: the worker on a real database and the simulated Azure. Each test counts its own effects. */
export function encryptionBench(options: Partial<SimulatorOptions> = {}, timing: Partial<Timing> = {}) {
  let bench: Bench | undefined;
  let before = 0;
  let sentBefore = 0;
  const here = (): Bench => {
    if (bench === undefined) throw new Error('the bench is not there yet');
    return bench;
  };
  const simulator = (): Simulator => here().simulator;

  beforeAll(async () => {
    const everyone = [ada, bo, chen, dana];
    bench = await startBench(
      { throttle: { reads: { capacity: 10_000, refillPerSecond: 1000 } }, ...options },
      {
        gates: {
          prepare: { need: 2, from: everyone },
          retire: { need: 2, from: everyone },
          oneWay: { need: 3, from: everyone },
        },
        timing: quickTiming({ wrapUsually: 700, guardEvery: 200, ...timing }),
      },
      { timeout: 1500, margin: 100, settleWindow: 300, settleLooks: 3, proofWithin: 1000 },
    );
  }, 60_000);
  beforeEach(() => {
    simulator().faults.clear();
    Object.assign(simulator().timing, { wrapTime: 100, grantDelay: 0, keyLookedAt: 'atOnce' });
    before = simulator().effects.length;
    sentBefore = here().sent.length;
  });
  afterAll(() => bench?.close());

  const rotation = async (id: RotationId): Promise<EncryptionKeyRotation> => {
    const found = await here().rotation(id);
    if (found.procedure !== 'encryptionKey') throw new Error(`${id} is no move to another key`);
    return found;
  };
  /** Resolves when the rotation stands there; rejects when it stops anywhere else. */
  async function until<A extends EncryptionPhase['at']>(
    id: RotationId,
    at: A,
    stage?: Stage,
  ): Promise<At<A>> {
    let there: At<A> | undefined;
    await becomesTrue(async () => {
      const found = await rotation(id);
      const { phase } = found;
      if (phase.at === at && (stage === undefined || phase.stage === stage)) there = found as At<A>;
      else if (['halted', 'ended', 'completed', 'settling'].includes(phase.at) && phase.at !== at)
        throw new Error(`${id} is ${JSON.stringify(phase)}`);
      return there !== undefined;
    });
    if (there === undefined) throw new Error('not reached');
    return there;
  }
  const say = async (by: Person, said: Said): Promise<Answer> => {
    const answer = await here().say(by, said);
    expect(answer).toMatchObject({ answer: expect.stringMatching(/done|started/) });
    return answer;
  };
  const approve = async (id: RotationId, ...people: readonly Person[]): Promise<void> => {
    const { phase } = await until(id, 'awaitingApproval');
    for (const by of people.length === 0 ? [bo, chen] : people)
      await say(by, { say: 'approve', rotation: id, stage: phase.stage, digest: phase.digest });
  };
  const open = async (account: string): Promise<RotationId> => {
    const tenantId = ada.tenantId;
    const answer = await say(ada, {
      say: 'rotate',
      account,
      procedure: 'encryptionKey',
      reason: 'yearly',
      place: { ...place, tenantId },
      personal: false,
    });
    if (answer.answer !== 'started') throw new Error('not started');
    await until(answer.rotation, 'choosingKey');
    return answer.rotation;
  };
  const row = <T extends { name: string }>(rows: readonly T[], name: string): T => {
    const found = rows.find((one) => one.name === name);
    if (!found) throw new Error(`no ${name}`);
    return found;
  };
  const vaultRow = (name = 'contoso-keys'): VaultRow => row(simulator().estate.vaults, name);
  const effects = (): readonly Effect[] => simulator().effects.slice(before);

  return {
    get bench(): Bench {
      return here();
    },
    get simulator(): Simulator {
      return simulator();
    },
    rotation,
    until,
    say,
    approve,
    /** Asks for a move; gives it once it asks for the key. */
    open,
    /** Asks for a move to this key; gives it once it can be voted on. */
    plan: async (account: string, choice: KeyChoice): Promise<RotationId> => {
      const id = await open(account);
      await say(ada, { say: 'chooseKey', rotation: id, choice });
      await until(id, 'awaitingApproval');
      return id;
    },
    retry: async (id: RotationId): Promise<void> => {
      const { phase } = await rotation(id);
      await say(bo, { say: 'retry', rotation: id, stage: phase.stage });
    },
    stay: async (id: RotationId): Promise<At<'completed'>> => {
      await until(id, 'settling');
      await say(ada, { say: 'choose', rotation: id, choice: 'stay' });
      return until(id, 'completed');
    },
    existing: (name: string, version = 'a1'.repeat(16), vault = 'contoso-keys'): KeyChoice => ({
      of: 'existing',
      key: { vault: `${simulator().vaultUrl(vault)}/`, name, version },
    }),
    newKey: (name: string, vault = 'contoso-keys'): KeyChoice => ({
      of: 'newKey',
      vault: `${simulator().vaultUrl(vault)}/`,
      name,
    }),
    accountRow: (name: string): AccountRow => row(simulator().estate.accounts, name),
    vaultRow,
    keyRow: (name: string, vault?: string): KeyRow => row(vaultRow(vault).keys, name),
    /** What this test has changed in Azure so far, of one kind. */
    count: (kind: Effect['kind']): number =>
      effects().filter((effect) => effect.kind === kind && effect.principal === 'keysmith').length,
    /** The texts that the channel was sent in this test. */
    told: (): readonly string[] =>
      here()
        .sent.slice(sentBefore)
        .map(({ what }) => JSON.stringify(what)),
  };
}

export type EncryptionBench = ReturnType<typeof encryptionBench>;
