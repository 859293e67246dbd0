import type { Check } from '../../src/domain/checks.ts';
import type { Guarded } from '../../src/domain/encryptionKey/guarded.ts';
import type { Encryption, KeyAddress } from '../../src/domain/encryptionKey/key.ts';
import type { EncryptionPlan, Found } from '../../src/domain/encryptionKey/plan.ts';
import type {
  EncryptionKeyRotation,
  EncryptionPhase,
  Heading,
} from '../../src/domain/encryptionKey/rotation.ts';
import { effectKey } from '../../src/domain/ids.ts';
import type { Gate } from '../../src/domain/policy.ts';
import type { Stage } from '../../src/domain/procedures.ts';
import type { Asked } from '../../src/domain/steps.ts';
import type { Shared, StageTime } from '../../src/domain/shared.ts';
import * as sample from './sampleRotations.ts';

/** One move to another encryption key in every state that a card can show. Made by hand, as the others are. */
const { ago, now, people, rotationId, vote, planDigest } = sample;
const { ada, bo, chidi, dana } = people;
const minute = 60_000;

export const vault = 'https://contoso-keys.vault.azure.net/';
export const key = (version: string, name = 'chat-cmk'): KeyAddress => ({ vault, name, version });
export const oldKey = key('3f2a9c01d4e84b0f9a6c5e7b8d1f2a30');
export const newKey = key('b81c07ae52f94d13a0e6c4d29f7b5e18');

export const customer = (address: KeyAddress): Encryption => ({
  source: 'customer',
  key: address,
  identityClientId: null,
});

const day = (text: string): number => Date.parse(`${text}T00:00:00Z`);

export const found: Found = {
  account: sample.plan.account,
  encryption: customer(oldKey),
  inUse: oldKey,
  vaults: [{ address: vault, name: 'contoso-keys' }],
  candidates: [
    {
      key: key('9d40e6b2c7a14f5e8b3d1c6f0a2e7594'),
      newest: true,
      inUse: false,
      created: day('2026-02-11'),
      expires: day('2027-02-11'),
    },
    { key: oldKey, newest: false, inUse: true, created: day('2025-03-02'), expires: null },
    {
      key: key('0c5b7e2f9a164d38b1e4f6a7c8d90213'),
      newest: false,
      inUse: false,
      created: day('2024-03-01'),
      expires: day('2025-03-01'),
      unfit: 'it has expired',
    },
    {
      key: key('77e1d0a94c2b4e6f8a5d3c1b0f9e8d72', 'shared-cmk'),
      newest: true,
      inUse: false,
      created: day('2025-10-20'),
      expires: null,
    },
  ],
  more: 4,
  newKey: { type: 'RSA', bits: 2048 },
};

const cmk =
  'Microsoft Learn: Customer-managed keys for Foundry, foundry/concepts/customer-managed-keys (08/2026)';
const portal =
  'Microsoft Learn: Encryption keys in the AI Foundry portal, ai-foundry/concepts/encryption-keys-portal (05/2025)';
const openAi =
  'Microsoft Learn: Azure OpenAI encryption of data at rest, ai-foundry/openai/encrypt-data-at-rest (11/2025)';

const check = (
  name: string,
  verdict: Check['verdict'],
  says: string,
  more: Partial<Pick<Check, 'remedy' | 'sources'>> = {},
): Check => ({ name, verdict, says, ...more });

const passing: readonly Check[] = [
  check('Same vault', 'pass', 'The key is in the account’s own vault.', { sources: [cmk] }),
  check('Vault found', 'pass', 'contoso-keys is an Azure Key Vault.'),
  check('Vault protection', 'pass', 'Soft delete and purge protection are on.', { sources: [cmk, portal] }),
  check('Region', 'pass', 'Both are in westus3.', { sources: [cmk] }),
  check('Firewall', 'pass', 'The firewall lets trusted Microsoft services in.', { sources: [cmk] }),
  check('Key type', 'pass', 'RSA.', { sources: [cmk, portal, openAi] }),
  check('Identity', 'pass', 'The system-assigned identity of contoso-chat opens the vault.'),
  check('State', 'pass', 'contoso-chat is in the state Succeeded: nothing is going on there.'),
  check('Locks', 'pass', 'No lock.'),
];

const freshRight = check(
  'Rights on the key',
  'warn',
  'The system-assigned identity was given the role Key Vault Crypto User 3 min ago, and a new grant can take 10 minutes to count.',
  { remedy: 'You may go on: if Azure does not honour it yet, I wait and try again.', sources: [cmk, openAi] },
);

/** A new version of the key that is in use, named on the account. */
export const plan: EncryptionPlan = {
  choice: { of: 'newVersion' },
  from: customer(oldKey),
  previous: oldKey,
  making: {
    vault,
    name: 'chat-cmk',
    type: 'RSA',
    bits: 2048,
    expires: day('2028-03-04'),
    existing: [oldKey.version],
  },
  to: key(''),
  follows: false,
  identityClientId: null,
  oneWay: false,
  followers: ['contoso-archive'],
  checks: [
    ...passing,
    freshRight,
    check('Key rotation policy', 'unknown', 'The rotation policy of chat-cmk could not be read: 403.', {
      remedy: 'Grant the right to read it, or look at it in the portal.',
    }),
  ],
  before: {},
};

/** The account follows the newest version by itself, and goes on so. */
export const following: EncryptionPlan = {
  ...plan,
  from: customer(key('')),
  follows: true,
  followers: ['contoso-archive', 'contoso-vision'],
  checks: [
    ...passing,
    check(
      'Follows its key',
      'warn',
      'contoso-chat names no version, so it follows the newest one of chat-cmk by itself. The newest page says that an account without a key version uses the latest one by itself, the one on Azure OpenAI that it must be updated.',
      { remedy: 'Afterwards you can pin contoso-chat to a version.', sources: [cmk, openAi] },
    ),
  ],
};

/** From the Microsoft-managed key to a new one. */
export const oneWay: EncryptionPlan = {
  ...plan,
  choice: { of: 'newKey', vault, name: 'chat-cmk' },
  from: { source: 'microsoft' },
  previous: null,
  making: { vault, name: 'chat-cmk', type: 'RSA', bits: 2048, expires: null, existing: [] },
  oneWay: true,
  followers: [],
  checks: [
    ...passing,
    check(
      'One-way door',
      'warn',
      'contoso-chat leaves its Microsoft-managed key for good: this can’t be undone. Two pages say that there is no way back, the one on Azure OpenAI describes one; I take it that there is none.',
      {
        remedy: 'Approve only if somebody looks after that vault for as long as the account lives.',
        sources: [cmk, portal, openAi],
      },
    ),
  ],
};

/** A version that was there already, in which several things are wrong. */
export const unfit: EncryptionPlan = {
  ...plan,
  choice: { of: 'existing', key: key('0c5b7e2f9a164d38b1e4f6a7c8d90213') },
  making: null,
  to: key('0c5b7e2f9a164d38b1e4f6a7c8d90213'),
  followers: [],
  checks: [
    ...passing.filter(({ name }) => name !== 'Vault protection'),
    check(
      'Vault protection',
      'refuse',
      'contoso-keys has no purge protection: a key that is deleted there could be gone for good, and the account’s data with it.',
      {
        remedy: 'Switch purge protection on (it can’t be switched off again), then check again.',
        sources: [cmk, portal],
      },
    ),
    check('Validity', 'refuse', 'chat-cmk, version 0c5b7e2f…, expired on 2025-03-01.', {
      remedy: 'Set a later expiry on it, or choose another version.',
      sources: [openAi],
    }),
    freshRight,
  ],
};

const guardedOne = (address: KeyAddress, change: Partial<Guarded> = {}): Guarded => ({
  key: address,
  state: 'enabled',
  expires: null,
  tagged: true,
  alarmed: null,
  ...change,
});
export const guarded: readonly Guarded[] = [
  guardedOne(oldKey),
  guardedOne(newKey, { expires: day('2028-03-04') }),
];

const forth: Heading = { why: 'forth', to: newKey, version: newKey, identityClientId: null };

const path: readonly (readonly [Stage, number])[] = [
  ['plan', 2],
  ['approve', 7],
  ['createKeyVersion', 0.1],
  ['pointAccountAtKey', 0.2],
  ['waitForWrap', 4],
  ['verifyEncryption', 0.1],
  ['guardOldVersion', 5],
];

function historyUpTo(stage: Stage): readonly StageTime[] {
  const index = path.findIndex(([name]) => name === stage);
  const before = index < 0 ? path : path.slice(0, index);
  let at = now - before.reduce((sum, [, minutes]) => sum + minutes * minute, 0) - 2 * minute;
  const past = before.map(([name, minutes]) => {
    const from = at;
    at += minutes * minute;
    return { stage: name, from, to: at };
  });
  return [...past, { stage, from: at }];
}

const { waivers: _none, consumers: _nobody, phase: _other, ...rest } = sample.base;
const shared: Shared = rest;

export const base: EncryptionKeyRotation = {
  ...shared,
  id: rotationId('R-9Q4WTM'),
  procedure: 'encryptionKey',
  request: { ...sample.base.request, reason: 'Yearly rotation of the encryption keys', at: ago(20) },
  rules: {
    ...sample.base.rules,
    gates: { ...sample.base.rules.gates, oneWay: { need: 3, from: [bo, chidi, dana, people.eve] } },
  },
  guarded: [],
  phase: { at: 'ended', stage: 'plan', outcome: 'cancelled', says: '', finishedAt: now },
};

export const at = (
  phase: EncryptionPhase,
  change: Partial<EncryptionKeyRotation> = {},
): EncryptionKeyRotation => ({
  ...base,
  found,
  phase,
  history: historyUpTo(phase.stage),
  ...change,
});

export const working = (stage: Stage, asked: Asked): Extract<EncryptionPhase, { at: 'working' }> => ({
  at: 'working',
  stage,
  running: { key: effectKey(base.id, asked.step, 1), asked, attempt: 1 },
});

const gate = (name: Gate, votes = [vote(bo, 4)]): EncryptionPhase => ({
  at: 'awaitingApproval',
  stage: 'approve',
  gate: name,
  digest: planDigest,
  votes,
  since: ago(6),
  round: 1,
});

const approvals = { prepare: [vote(bo, 14), vote(chidi, 12)] };
const pointing = {
  step: 'pointAccountAtKey',
  ask: { from: [customer(oldKey)], to: newKey, identityClientId: null },
} as const;
const changed = { plan, approvals, created: newKey, heading: forth, guarded, touchedAt: ago(8) };
const verified = {
  ...changed,
  differences: [],
  dataPlane: 'It answers 200 to a key of the account.',
};
const settling = { at: 'settling', stage: 'guardOldVersion', since: ago(1), until: ago(-59) } as const;
const followed = {
  plan: following,
  found: { ...found, encryption: customer(key('')) },
  heading: { ...forth, to: key('') },
};
const microsoft: Found = {
  ...found,
  encryption: { source: 'microsoft' },
  inUse: null,
  candidates: found.candidates.slice(3),
  more: 0,
};

export const rotations = {
  keyLooking: at(working('plan', { step: 'lookAtEncryption', ask: { account: 'contoso-chat' } }), {
    history: [{ stage: 'plan', from: ago(0) }],
  }),
  keyChoice: at({ at: 'choosingKey', stage: 'plan', since: ago(1) }),
  keyChoiceMicrosoft: at(
    { at: 'choosingKey', stage: 'plan', since: ago(1) },
    {
      found: {
        ...microsoft,
        vaults: [
          ...microsoft.vaults,
          { address: 'https://contoso-hsm.vault.azure.net/', name: 'contoso-hsm' },
        ],
      },
    },
  ),
  keyUnfit: at({ at: 'choosingKey', stage: 'plan', since: ago(1), unfit }),
  keyChecking: at(working('plan', { step: 'checkKey', ask: { choice: { of: 'newVersion' } } })),
  keyApproval: at(gate('prepare'), { plan }),
  keyApprovalFollowing: at(gate('prepare', []), { ...followed, approvals: {} }),
  keyApprovalOneWay: at(gate('oneWay'), { plan: oneWay, found: microsoft }),
  keyMaking: at(
    working('createKeyVersion', { step: 'createKeyVersion', ask: { making: plan.making ?? fail() } }),
    {
      plan,
      approvals,
    },
  ),
  keyPointing: at(working('pointAccountAtKey', pointing), {
    plan,
    approvals,
    created: newKey,
    heading: forth,
  }),
  keyRightAwaited: at(
    {
      ...working('pointAccountAtKey', pointing),
      waiting: {
        says: 'The account’s identity may not use the key: it lacks wrapKey and unwrapKey on chat-cmk.',
        since: ago(3),
        until: ago(-12),
        next: ago(-1),
      },
    },
    { plan, approvals, created: newKey, heading: forth },
  ),
  keyWrapping: at(
    { at: 'wrapping', stage: 'waitForWrap', since: ago(3), operation: 'op', told: false },
    changed,
  ),
  keyWrappingSlow: at(
    { at: 'wrapping', stage: 'waitForWrap', since: ago(11), operation: 'op', told: true },
    {
      ...changed,
      history: [...historyUpTo('waitForWrap').slice(0, -1), { stage: 'waitForWrap', from: ago(11) }],
    },
  ),
  keySettling: at(settling, verified),
  keySettlingFollowing: at(settling, { ...verified, ...followed }),
  keySettlingDiffers: at(settling, {
    ...verified,
    differences: [
      { field: 'properties.networkAcls.defaultAction', before: '"Allow"', after: '"Deny"' },
      { field: 'tags.owner', before: null, after: '"ops"' },
    ],
    remarks: [
      'Beside the encryption these fields of the account changed meanwhile: properties.networkAcls.defaultAction, tags.owner. A person has looked at them.',
    ],
  }),
  keyHalted: at(
    {
      at: 'halted',
      stage: 'pointAccountAtKey',
      since: ago(1),
      fault: {
        kind: 'denied',
        says: 'Azure refused to change contoso-chat: Keysmith has no right to do it.',
        remedy: 'Grant the missing right to Keysmith on contoso-chat, wait a minute, then press Retry.',
        action: 'Microsoft.CognitiveServices/accounts/write',
      },
      resume: working('pointAccountAtKey', pointing),
    },
    { plan, approvals, created: newKey, heading: forth },
  ),
  keyHaltedWrap: at(
    {
      at: 'halted',
      stage: 'waitForWrap',
      since: ago(1),
      fault: {
        kind: 'refused',
        says: 'Azure accepted the change and then gave it up: "Key Vault contoso-keys: the key version is disabled".',
        remedy: 'Enable the key version in the vault, then press Retry.',
        code: 'BadRequest',
      },
      resume: working('pointAccountAtKey', pointing),
    },
    changed,
  ),
  keyRollingBack: at(working('rollBack', pointing), {
    ...verified,
    heading: { why: 'back', to: oldKey, version: oldKey, identityClientId: null },
    history: [
      ...historyUpTo('guardOldVersion').map((line) => ({ to: ago(2), ...line })),
      { stage: 'rollBack', from: ago(2) },
    ],
  }),
  keyMoved: at(
    { at: 'completed', stage: 'finished', outcome: 'moved', finishedAt: ago(1) },
    { ...verified, history: historyUpTo('guardOldVersion').map((line) => ({ to: ago(1), ...line })) },
  ),
  keyMovedAlarm: at(
    { at: 'completed', stage: 'finished', outcome: 'moved', finishedAt: ago(60 * 24 * 3) },
    {
      ...verified,
      request: { ...base.request, at: ago(60 * 24 * 3 + 19) },
      guarded: [guardedOne(oldKey, { state: 'disabled', alarmed: 'disabled' }), guardedOne(newKey)],
      history: historyUpTo('guardOldVersion').map((line) => ({ to: ago(1), ...line })),
    },
  ),
  keyMovedOneWay: at(
    { at: 'completed', stage: 'finished', outcome: 'moved', finishedAt: ago(1) },
    {
      ...verified,
      plan: oneWay,
      approvals: { oneWay: [vote(bo, 14), vote(chidi, 12), vote(dana, 11)] },
      guarded: [guardedOne(newKey)],
      history: historyUpTo('guardOldVersion').map((line) => ({ to: ago(1), ...line })),
    },
  ),
  keyPinned: at(
    { at: 'completed', stage: 'finished', outcome: 'pinned', finishedAt: ago(1) },
    {
      ...verified,
      ...followed,
      heading: { ...forth, why: 'pin' },
      history: [
        ...historyUpTo('guardOldVersion').map((line) => ({ to: ago(2), ...line })),
        { stage: 'pinVersion', from: ago(2), to: ago(1) },
      ],
    },
  ),
  keyRolledBack: at(
    { at: 'completed', stage: 'finished', outcome: 'rolledBack', finishedAt: ago(1) },
    {
      ...verified,
      heading: { why: 'back', to: oldKey, version: oldKey, identityClientId: null },
      history: [
        ...historyUpTo('guardOldVersion').map((line) => ({ to: ago(4), ...line })),
        { stage: 'rollBack', from: ago(4), to: ago(1) },
      ],
    },
  ),
  keyRefused: at(
    {
      at: 'ended',
      stage: 'plan',
      outcome: 'refused',
      says: 'There is no account “contoso-chta” that I can see.',
      remedy: 'Check the name. Did you mean contoso-chat?',
      finishedAt: ago(1),
    },
    { history: [{ stage: 'plan', from: ago(1.2), to: ago(1) }] },
  ),
  keyDeclined: at(
    {
      at: 'ended',
      stage: 'approve',
      outcome: 'declined',
      says: 'Not before the audit',
      by: chidi,
      finishedAt: ago(1),
    },
    { plan },
  ),
  keyCancelled: at(
    {
      at: 'ended',
      stage: 'pointAccountAtKey',
      outcome: 'cancelled',
      says: 'The account is unchanged. chat-cmk, version b81c07ae…, was made in the vault, and no account was pointed at it.',
      by: ada,
      finishedAt: ago(1),
    },
    { plan, approvals, created: newKey, heading: forth },
  ),
} satisfies Record<string, EncryptionKeyRotation>;

function fail(): never {
  throw new Error('the plan makes nothing');
}
