import type { Consumer, Holding, Receipt, RegisteredConsumer } from '../../src/domain/apiKeys/consumers.ts';
import type { Plan, Slot } from '../../src/domain/apiKeys/plan.ts';
import type { ApiKeysRotation, Phase, SlotState } from '../../src/domain/apiKeys/rotation.ts';
import type { TrafficSample } from '../../src/domain/apiKeys/traffic.ts';
import type { Check } from '../../src/domain/checks.ts';
import {
  accountId,
  digest,
  effectKey,
  fingerprint,
  parseRotationId,
  type RotationId,
} from '../../src/domain/ids.ts';
import type { Person } from '../../src/domain/people.ts';
import type { Stage } from '../../src/domain/procedures.ts';
import type { StageTime } from '../../src/domain/shared.ts';
import type { Asked } from '../../src/domain/steps.ts';

/** One rotation in every state that a card can show. Made by hand: a picture needs no history behind it. */
export const now = Date.UTC(2026, 2, 4, 10, 42);
const second = 1000;
const minute = 60 * second;
export const ago = (minutes: number): number => now - minutes * minute;

const tenantId = '7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e00ff';
const person = (name: string, n: number): Person => ({
  objectId: `7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e30${String(n).padStart(2, '0')}`,
  tenantId,
  name,
});

export const people = {
  ada: person('Ada Lindqvist', 1),
  bo: person('Bo Chen', 2),
  chidi: person('Chidi Okafor', 3),
  dana: person('Dana Reyes', 4),
  eve: person('Eve Martin', 5),
} as const;
const { ada, bo, chidi, dana } = people;

export function rotationId(text: string): RotationId {
  const parsed = parseRotationId(text);
  if (!parsed.ok) throw new Error(`${text} is not the id of a rotation`);
  return parsed.value;
}

export const planDigest = digest('ab'.repeat(32));

const check = (name: string, says: string, verdict: Check['verdict'] = 'pass', remedy?: string): Check => ({
  name,
  verdict,
  says,
  ...(remedy === undefined ? {} : { remedy }),
});

export const plan: Plan = {
  account: {
    id: accountId(
      '/subscriptions/7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e0001/resourceGroups/contoso-ai/providers/Microsoft.CognitiveServices/accounts/contoso-chat',
    ),
    name: 'contoso-chat',
    subscriptionId: '7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e0001',
    subscriptionName: 'Contoso Production',
    resourceGroup: 'contoso-ai',
    kind: 'AIServices',
    location: 'westus3',
    endpoint: 'https://contoso-chat.cognitiveservices.azure.com',
  },
  keys: { Key1: fingerprint('11'.repeat(32)), Key2: fingerprint('22'.repeat(32)) },
  activeSlot: 'Key1',
  checks: [
    check('The account is ready', 'Its provisioning state is Succeeded.'),
    check('Keys are in use', 'Local authentication is on.'),
    check('Rights', 'The service may list and regenerate keys.'),
    check('Locks', 'No lock stands in the way.'),
    check('Two different keys', 'Key 1 and Key 2 differ.'),
    check('Key 1 works', 'It was answered 200, a random key 401.'),
    check('Network', 'The account has private endpoints too: clients behind them were not asked.', 'warn'),
    check(
      'Connections',
      'The connections of one project could not be read.',
      'unknown',
      'Grant Microsoft.CognitiveServices/accounts/connections/read.',
    ),
  ],
  proof: { possible: true },
  baseline: { minutes: 60, calls: 12_480, refused: 0 },
};

const owned = (name: string, owners: readonly Person[]) => ({ name, owners, deputies: [] });
const vault = (
  name: string,
  owners: readonly Person[],
  extra: Partial<RegisteredConsumer> = {},
): RegisteredConsumer => ({
  ...owned(name, owners),
  kind: 'keyVaultSecret',
  vault: 'https://contoso-apps.vault.azure.net',
  secret: `${name}-api-key`,
  ...extra,
});
const manual = (name: string, owners: readonly Person[]): RegisteredConsumer => ({
  ...owned(name, owners),
  kind: 'manual',
});

export const consumer = (
  registered: RegisteredConsumer,
  holds: Holding,
  receipt?: Receipt,
  note?: string,
): Consumer => ({
  registered,
  holds,
  ...(note === undefined ? {} : { note }),
  ...(receipt === undefined ? {} : { move: { from: 'Key1', to: 'Key2', receipt } }),
});

export const registered = {
  webshop: vault('webshop-assistant', [dana]),
  search: vault('search-indexer', [dana]),
  night: vault('night-batch', [dana]),
  notebook: manual('research-notebooks', [people.eve]),
  kiosk: manual('lobby-kiosk', [people.eve]),
} as const;

export const holding: readonly Consumer[] = [
  consumer(registered.webshop, 'Key1'),
  consumer(registered.search, 'Key1'),
  consumer(registered.night, 'Key1'),
  { ...consumer(registered.notebook, 'Key1'), declaredBy: people.eve },
];

export const moved: readonly Consumer[] = [
  consumer(registered.webshop, 'Key2', { as: 'proved', at: ago(9), version: '2f' }),
  consumer(registered.search, 'Key2', { as: 'proved', at: ago(8), version: '2f' }),
  consumer(registered.night, 'Key2', { as: 'asserted', at: ago(4) }),
  consumer(registered.notebook, 'Key2', { as: 'confirmed', at: ago(6), by: people.eve }),
  consumer(registered.kiosk, 'Key1', { as: 'waived', at: ago(5) }),
];

export const moving: readonly Consumer[] = [
  consumer(registered.webshop, 'Key2', { as: 'proved', at: ago(2), version: '2f' }),
  consumer(
    registered.search,
    'Key1',
    { as: 'given', at: ago(2), version: '2f' },
    'still on the previous version',
  ),
  consumer(registered.night, 'Key2', { as: 'asserted', at: ago(1) }),
  consumer(registered.notebook, 'Key1', { as: 'given', at: ago(2) }),
];

export const sample = (from: number, calls: number, refused = 0): TrafficSample => ({
  from,
  to: now,
  calls,
  refused,
  refusalsVisible: true,
});

export const slots = (
  Key1: SlotState['condition'],
  Key2: SlotState['condition'],
): Record<Slot, SlotState> => ({
  Key1: { fingerprint: plan.keys.Key1, condition: Key1 },
  Key2: { fingerprint: plan.keys.Key2, condition: Key2 },
});

const path: readonly (readonly [Stage, number])[] = [
  ['plan', 0.2],
  ['settleOnOneKey', 0],
  ['approveFirst', 6],
  ['regenerateIdleKey', 0.1],
  ['proveIdleKey', 1.4],
  ['moveConsumers', 8],
  ['watchTraffic', 10],
  ['approveSecond', 3],
  ['regenerateRetiredKey', 0.1],
  ['switchBack', 1],
];

/** The stages before `stage` with plausible times, and `stage` itself still open. */
export function historyUpTo(stage: Stage, end = now): readonly StageTime[] {
  const names = path.map(([name]) => name);
  const before = path
    .slice(0, names.includes(stage) ? names.indexOf(stage) : path.length)
    .filter(([name]) => name !== 'settleOnOneKey');
  let at = end - before.reduce((sum, [, minutes]) => sum + minutes * minute, 0) - 2 * minute;
  const past = before.map(([name, minutes]) => {
    const from = at;
    at += minutes * minute;
    return { stage: name, from, to: at };
  });
  return [...past, { stage, from: at }];
}

export const base: ApiKeysRotation = {
  id: rotationId('R-7K3FQ2'),
  procedure: 'apiKeys',
  request: {
    account: 'contoso-chat',
    reason: 'Quarterly rotation, the last one was in December',
    ticket: 'CHG-20418',
    by: ada,
    at: ago(31),
    place: { conversation: '19:abc@thread.tacv2', serviceUrl: 'https://smba.example/', tenantId },
  },
  rules: {
    gates: {
      prepare: { need: 2, from: [ada, bo, chidi] },
      retire: { need: 2, from: [ada, bo, chidi, dana] },
    },
    consumers: [],
    afterwards: 'ask',
    encryption: { type: 'RSA', bits: 2048 },
    timing: {
      soak: 10 * minute,
      metricsLag: 0,
      watchEvery: minute,
      receiptEvery: minute,
      remindEvery: 60 * minute,
      choiceWithin: 60 * minute,
      deadEvery: minute,
      deadWithin: 240 * minute,
      wrapEvery: minute / 2,
      wrapUsually: 5 * minute,
      wrapPatience: 45 * minute,
      rightEvery: minute,
      rightWithin: 15 * minute,
      guardEvery: 60 * minute,
      expiryWarning: 30 * 24 * 60 * minute,
    },
    policy: digest('cd'.repeat(32)),
  },
  consumers: [],
  waivers: [],
  phase: { at: 'ended', stage: 'plan', outcome: 'cancelled', says: '', finishedAt: now },
  history: [],
  approvals: {},
  asked: {},
  chains: {},
  remarks: [],
  notReached: [],
  round: 1,
};

/** A rotation that stands in `phase`, with a history that leads there. */
export const at = (phase: Phase, change: Partial<ApiKeysRotation> = {}): ApiKeysRotation => ({
  ...base,
  plan,
  retiring: 'Key1',
  slots: slots('live', 'live'),
  consumers: holding,
  phase,
  history: historyUpTo(phase.stage),
  ...change,
});

export const vote = (by: Person, minutesAgo: number) => ({ by, at: ago(minutesAgo), digest: planDigest });

export const working = (stage: Stage, asked: Asked, attempt = 1): Phase => ({
  at: 'working',
  stage,
  running: { key: effectKey(base.id, asked.step, 1), asked, attempt },
});

export const approvals = { prepare: [vote(bo, 24), vote(chidi, 22)], retire: [vote(bo, 3), vote(dana, 2)] };

export const kioskWaiver = {
  id: 1,
  subject: { of: 'consumer', consumer: 'lobby-kiosk' },
  reason: 'The kiosk is switched off until the lobby reopens in May',
  askedBy: people.eve,
  askedAt: ago(7),
  votes: [{ by: bo, at: ago(6) }],
  state: 'asked',
} as const;
