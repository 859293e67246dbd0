import { createHash } from 'node:crypto';
import { advance, begin } from '../../../src/domain/advance.ts';
import type { RegisteredConsumer } from '../../../src/domain/apiKeys/consumers.ts';
import { accountId, digest, type EffectKey, fingerprint, parseRotationId } from '../../../src/domain/ids.ts';
import type { Person } from '../../../src/domain/people.ts';
import type { KeyPicture, Plan } from '../../../src/domain/apiKeys/plan.ts';
import type { Rules } from '../../../src/domain/policy.ts';
import type { Effect, Tools } from '../../../src/domain/effects.ts';
import type { Happening, Refusal } from '../../../src/domain/happenings.ts';
import type { ApiKeysRotation } from '../../../src/domain/apiKeys/rotation.ts';
import type { Rotation } from '../../../src/domain/rotation.ts';
import type { Answered, StepAnswer } from '../../../src/domain/steps.ts';
import type { TrafficLook } from '../../../src/domain/apiKeys/traffic.ts';
import type { Holding } from '../../../src/domain/apiKeys/consumers.ts';

const tenantId = '11111111-1111-4111-8111-111111111111';
const person = (name: string, digit: string): Person => ({
  name,
  tenantId,
  objectId: `${digit.repeat(8)}-0000-4000-8000-000000000000`,
});
export const ada = person('Ada', 'a');
export const bo = person('Bo', 'b');
export const chen = person('Chen', 'c');
export const dana = person('Dana', 'd');
export const eli = person('Eli', 'e');
export const everyone = [ada, bo, chen, dana, eli];

export const tools: Tools = {
  nextOpen: (_execution, at) => at,
  digest: (value) => digest(createHash('sha256').update(JSON.stringify(value)).digest('hex')),
};

export const web: RegisteredConsumer = {
  name: 'web',
  kind: 'keyVaultSecret',
  vault: 'https://vault.example',
  secret: 'web',
  receipt: 'https://web.example/receipt',
  owners: [dana],
  deputies: [],
};
export const indexer: RegisteredConsumer = {
  name: 'indexer',
  kind: 'keyVaultSecret',
  vault: 'https://vault.example',
  secret: 'indexer',
  pickupWithin: 60_000,
  owners: [dana],
  deputies: [],
};
export const batch: RegisteredConsumer = { name: 'batch', kind: 'manual', owners: [dana], deputies: [eli] };

export const rules = (change: Partial<Rules> = {}): Rules => ({
  gates: { prepare: { need: 2, from: everyone }, retire: { need: 2, from: everyone } },
  consumers: [web, indexer],
  afterwards: 'stay',
  timing: {
    soak: 600_000,
    metricsLag: 0,
    watchEvery: 60_000,
    receiptEvery: 10_000,
    remindEvery: 3_600_000,
    choiceWithin: 300_000,
    deadEvery: 30_000,
    deadWithin: 3_600_000,
    wrapEvery: 10_000,
    wrapUsually: 600_000,
    wrapPatience: 3_600_000,
    rightEvery: 30_000,
    rightWithin: 900_000,
    guardEvery: 3_600_000,
    expiryWarning: 2_592_000_000,
  },
  encryption: { type: 'RSA', bits: 2048 },
  policy: digest('policy'),
  ...change,
});

export const picture = (key1: string, key2: string): KeyPicture => ({
  Key1: fingerprint(key1),
  Key2: fingerprint(key2),
});

export const plan: Plan = {
  account: {
    id: accountId(
      '/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/contoso-chat',
    ),
    name: 'contoso-chat',
    subscriptionId: 's',
    subscriptionName: 'Production',
    resourceGroup: 'g',
    kind: 'AIServices',
    location: 'westeurope',
    endpoint: 'https://contoso-chat.example',
  },
  keys: picture('one', 'two'),
  activeSlot: 'Key1',
  checks: [],
  proof: { possible: true },
  baseline: { minutes: 60, calls: 600, refused: 0 },
};

/** A test that plays one procedure can't get a rotation of the other. */
function ofApiKeys(rotation: Rotation): ApiKeysRotation {
  if (rotation.procedure !== 'apiKeys') throw new Error('this rotation is not of the API keys');
  return rotation;
}

/**
 * A rotation in the hands of a test: it keeps the effects that nobody has answered yet, and its own
 * clock. Answers are given by step name, so a test reads like the procedure.
 */
export class Play {
  rotation: ApiKeysRotation;
  at = 1_000_000;
  effects: Effect[] = [];
  said: Effect[] = [];
  refusals: Refusal[] = [];

  constructor(given: Rules = rules(), by: Person = ada) {
    const id = parseRotationId('R-7K3FQ2');
    if (!id.ok) throw new Error('bad fixture');
    const place = { conversation: 'channel', serviceUrl: 'https://teams.example', tenantId };
    const outcome = begin(
      id.value,
      'apiKeys',
      { account: 'contoso-chat', reason: 'yearly', by, at: this.at, place },
      given,
    );
    this.rotation = ofApiKeys(outcome.rotation);
    this.take(outcome.effects);
  }

  private take(effects: readonly Effect[]): void {
    this.effects.push(...effects.filter((effect) => effect.do === 'run'));
    this.said.push(...effects.filter((effect) => effect.do !== 'run'));
  }

  /** Lets something happen a second later. Gives the refusal, or null when it was taken. */
  happen(event: DistributiveOmit<Happening, 'at'>, after = 1000): Refusal | null {
    this.at += after;
    const advanced = advance(this.rotation, { ...event, at: this.at }, tools);
    if (!advanced.ok) {
      this.refusals.push(advanced.error);
      return advanced.error;
    }
    this.rotation = ofApiKeys(advanced.value.rotation);
    this.take(advanced.value.effects);
    return null;
  }

  /** The newest effect of this step that waits for its answer. */
  pending(step: Answered['step']): Extract<Effect, { do: 'run' }> {
    const found = this.effects.findLast((effect) => effect.do === 'run' && effect.step === step);
    if (found === undefined || found.do !== 'run')
      throw new Error(`no ${step} under way; the rotation is at ${JSON.stringify(this.rotation.phase)}`);
    return found;
  }

  answer<S extends Answered['step']>(step: S, answer: StepAnswer[S], after?: number): Refusal | null {
    const { key } = this.pending(step);
    return this.happen({ type: 'stepDone', key, step, answer } as DistributiveOmit<Happening, 'at'>, after);
  }

  fail(step: Answered['step'], kind: 'drifted' | 'notProved' | 'denied' | 'unknownOutcome'): Refusal | null {
    const fault = { kind, says: 'it went wrong.', remedy: 'Mend it.' } as const;
    return this.happen({ type: 'stepFailed', key: this.pending(step).key, fault });
  }

  approve(by: Person): Refusal | null {
    const { phase } = this.rotation;
    const shown = phase.at === 'awaitingApproval' ? phase.digest : digest('none');
    return this.happen({ type: 'approved', by, stage: phase.stage, digest: shown });
  }

  planned(
    holds: Readonly<Record<string, Holding>> = { web: 'Key1', indexer: 'Key1' },
    found: Plan = plan,
  ): void {
    const holdings = Object.fromEntries(Object.entries(holds).map(([name, held]) => [name, { holds: held }]));
    this.answer('plan', { safe: true, plan: found, rules: this.rotation.rules, holdings });
  }

  /** Through the first gate and both halves of the preparation: the new key is proved. */
  prepared(): void {
    this.planned();
    this.approve(bo);
    this.approve(chen);
    this.answer('regenerateIdleKey', { keys: picture('one', 'TWO'), found: 'answered', by: 'worker-1' });
    this.answer('proveIdleKey', { keys: picture('one', 'TWO'), answers: 20, proved: true });
  }

  given(): void {
    this.answer('giveConsumers', {
      keys: picture('one', 'TWO'),
      given: [
        { consumer: 'web', version: 'w2' },
        { consumer: 'indexer', version: 'i2' },
      ],
      failed: [],
    });
  }

  moved(): void {
    this.prepared();
    this.given();
    this.answer('verifyConsumers', {
      seen: [{ consumer: 'web', version: 'w2', note: 'uses the new version' }],
    });
    this.happen({ type: 'timePassed' }, 60_000);
  }

  look(calls: number, refused: number): TrafficLook {
    const sample = { from: this.at - 600_000, to: this.at, calls, refused, refusalsVisible: true };
    return { at: this.at + 1000, window: sample, total: sample };
  }

  soaked(): void {
    this.moved();
    this.at += 600_000;
    this.answer('watchTraffic', { look: this.look(100, 0) });
  }

  retired(): void {
    this.soaked();
    this.approve(bo);
    this.approve(chen);
    this.answer('regenerateRetiredKey', { keys: picture('ONE', 'TWO'), found: 'answered', by: 'worker-1' });
  }

  news(): readonly string[] {
    return this.said.map((effect) => (effect.do === 'run' ? '' : effect.news));
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

export const staleKey = 'R-7K3FQ2/old/1' as EffectKey;
