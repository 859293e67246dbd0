import { advance, begin } from '../../../src/domain/advance.ts';
import type { Effect } from '../../../src/domain/effects.ts';
import type { KeyAddress } from '../../../src/domain/encryptionKey/key.ts';
import type { EncryptionPlan, Found } from '../../../src/domain/encryptionKey/plan.ts';
import type { EncryptionKeyRotation } from '../../../src/domain/encryptionKey/rotation.ts';
import type { EncryptionAnswer } from '../../../src/domain/encryptionKey/steps.ts';
import type { KeyChoice } from '../../../src/domain/encryptionKey/target.ts';
import type { Fault } from '../../../src/domain/faults.ts';
import type { Happening, Refusal } from '../../../src/domain/happenings.ts';
import { digest, parseRotationId } from '../../../src/domain/ids.ts';
import type { Person } from '../../../src/domain/people.ts';
import type { Rules } from '../../../src/domain/policy.ts';
import type { Rotation } from '../../../src/domain/rotation.ts';
import { ada, everyone, plan as apiKeysPlan, rules, tools } from './fixtures.ts';

const vault = 'https://contoso-keys.vault.example/';
export const key = (version: string, name = 'chat-cmk'): KeyAddress => ({ vault, name, version });
export const old = key('old');
export const next = key('new');

export const found: Found = {
  account: apiKeysPlan.account,
  encryption: { source: 'customer', key: old, identityClientId: 'client' },
  inUse: old,
  vaults: [{ address: vault, name: 'contoso-keys' }],
  candidates: [],
  more: 0,
  newKey: { type: 'RSA', bits: 2048 },
};

export const plan = (change: Partial<EncryptionPlan> = {}): EncryptionPlan => ({
  choice: { of: 'newVersion' },
  from: found.encryption,
  previous: old,
  making: { vault, name: 'chat-cmk', type: 'RSA', bits: 2048, expires: null, existing: ['old'] },
  to: key(''),
  follows: false,
  identityClientId: 'client',
  oneWay: false,
  followers: [],
  checks: [{ name: 'Same vault', verdict: 'pass', says: 'It is in the same vault.' }],
  before: { name: '"contoso-chat"' },
  ...change,
});

/** The account follows the newest version by itself: making one is the switch. */
export const following = plan({
  from: { source: 'customer', key: key(''), identityClientId: 'client' },
  follows: true,
});

/** From the Microsoft-managed key to one that is there. */
export const oneWay = plan({
  choice: { of: 'existing', key: next },
  from: { source: 'microsoft' },
  previous: null,
  making: null,
  to: next,
  oneWay: true,
});

export const existing = plan({ choice: { of: 'existing', key: next }, making: null, to: next });

export const encryptionRules = (change: Partial<Rules> = {}): Rules =>
  rules({
    gates: {
      prepare: { need: 2, from: everyone },
      retire: { need: 2, from: everyone },
      oneWay: { need: 3, from: everyone },
    },
    ...change,
  });

type Step = keyof EncryptionAnswer;

/** A rotation of the encryption key in the hands of a test; answers are given by step name. */
export class PlayEncryption {
  rotation: EncryptionKeyRotation;
  at = 1_000_000;
  effects: Effect[] = [];
  said: Effect[] = [];
  refusals: Refusal[] = [];

  constructor(given: Rules = encryptionRules(), by: Person = ada) {
    const id = parseRotationId('R-7K3FQ2');
    if (!id.ok) throw new Error('bad fixture');
    const place = { conversation: 'channel', serviceUrl: 'https://teams.example', tenantId: by.tenantId };
    const request = { account: 'contoso-chat', reason: 'yearly', by, at: this.at, place };
    const outcome = begin(id.value, 'encryptionKey', request, given);
    this.rotation = ofEncryption(outcome.rotation);
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
    this.rotation = ofEncryption(advanced.value.rotation);
    this.take(advanced.value.effects);
    return null;
  }

  runs(step: Step): readonly Extract<Effect, { do: 'run' }>[] {
    return this.effects.filter((effect) => effect.do === 'run').filter((effect) => effect.step === step);
  }

  /** The newest effect of this step. */
  pending(step: Step): Extract<Effect, { do: 'run' }> {
    const newest = this.runs(step).at(-1);
    if (newest === undefined)
      throw new Error(`no ${step} under way; the rotation is at ${JSON.stringify(this.rotation.phase)}`);
    return newest;
  }

  answer<S extends Step>(step: S, answer: EncryptionAnswer[S], after?: number): Refusal | null {
    const { key: effect } = this.pending(step);
    return this.happen(
      { type: 'stepDone', key: effect, step, answer } as DistributiveOmit<Happening, 'at'>,
      after,
    );
  }

  fail(step: Step, fault: Partial<Fault> & Pick<Fault, 'kind'>, after?: number): Refusal | null {
    const full: Fault = { says: 'It went wrong.', remedy: 'Mend it.', ...fault };
    return this.happen({ type: 'stepFailed', key: this.pending(step).key, fault: full }, after);
  }

  approve(by: Person): Refusal | null {
    const { phase } = this.rotation;
    const shown = phase.at === 'awaitingApproval' ? phase.digest : digest('none');
    return this.happen({ type: 'approved', by, stage: phase.stage, digest: shown });
  }

  choose(choice: KeyChoice = { of: 'newVersion' }): void {
    this.answer('lookAtEncryption', { safe: true, found, rules: this.rotation.rules });
    this.happen({ type: 'keyChosen', by: ada, choice });
  }

  planned(given: EncryptionPlan = plan()): void {
    this.choose(given.choice);
    this.answer('checkKey', { plan: given });
  }

  approved(given: EncryptionPlan = plan()): void {
    this.planned(given);
    for (const by of everyone.filter((person) => person !== ada)) {
      if (this.rotation.phase.at !== 'awaitingApproval') return;
      this.approve(by);
    }
  }

  /** Azure has accepted the change. */
  pointed(given: EncryptionPlan = plan()): void {
    this.approved(given);
    if (given.making !== null) this.answer('createKeyVersion', { key: next, found: 'answered' });
    if (!given.follows) this.answer('pointAccountAtKey', { operation: 'operation', found: 'answered' });
  }

  settled(given: EncryptionPlan = plan()): void {
    this.pointed(given);
    this.answer('waitForWrap', { is: 'succeeded' }, given.follows ? 600_000 : 1000);
    this.verified();
  }

  verified(): void {
    this.answer('verifyEncryption', { differences: [], dataPlane: 'Key 1 answers 200.' });
    const tagged = this.rotation.guarded.map(({ key: guarded }) => guarded);
    this.answer('guardOldVersion', { tagged, untagged: [], inherited: [] });
  }

  look(state: 'enabled' | 'disabled' | 'expired' | 'deleted' | 'unreadable', which = old): Refusal | null {
    const seen = this.rotation.guarded.map(({ key: guarded }) => ({
      key: guarded,
      state: guarded.version === which.version ? state : ('enabled' as const),
      expires: null,
    }));
    return this.answer('watchGuarded', { seen });
  }

  news(): readonly string[] {
    return this.said.map((effect) => (effect.do === 'run' ? '' : effect.news));
  }
}

function ofEncryption(rotation: Rotation): EncryptionKeyRotation {
  if (rotation.procedure !== 'encryptionKey') throw new Error('this rotation is not of an encryption key');
  return rotation;
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
