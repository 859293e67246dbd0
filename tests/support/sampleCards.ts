import {
  askRejectCard,
  askReviewCard,
  askRotateCard,
  askWaiverCard,
  consumerCard,
  formDoneCard,
  gateCard,
  helpCard,
  livingCard,
  refusalCard,
  reviewCard,
  statusCard,
  statusOf,
  waiverCard,
  welcomeCard,
  type CardView,
} from '../../src/adapters/teams/cards/index.ts';
import { withNotice } from '../../src/adapters/teams/notice.ts';
import { chatRefusals, unclearKeys } from '../../src/adapters/teams/refusals.ts';
import { viewOf } from '../../src/adapters/teams/views.ts';
import type { ApiKeysRotation } from '../../src/domain/apiKeys/rotation.ts';
import type { EncryptionKeyRotation } from '../../src/domain/encryptionKey/rotation.ts';
import type { Person } from '../../src/domain/people.ts';
import type { Execution, Group, Rules } from '../../src/domain/policy.ts';
import { rotations as encryption } from './sampleEncryption.ts';
import * as sample from './sampleRotations.ts';

const { at, ago, people, vote, working } = sample;

/** A view of a rotation as the adapter makes it. */
export const view = <R extends ApiKeysRotation | EncryptionKeyRotation>(
  rotation: R,
  viewer?: Person,
): CardView<R> => ({ ...viewOf(rotation, sample.now, viewer), rotation });

const gate = (stage: 'approveFirst' | 'approveSecond', votes = [vote(people.bo, 4)]) =>
  ({
    at: 'awaitingApproval',
    stage,
    gate: stage === 'approveFirst' ? 'prepare' : 'retire',
    digest: sample.planDigest,
    votes,
    since: ago(6),
    round: 1,
  }) as const;

const granted = { ...sample.kioskWaiver, state: 'granted' as const };
const quiet = { at: ago(1), window: sample.sample(ago(10), 2_091), total: sample.sample(ago(31), 6_204) };

export const rotations = {
  planning: at(working('plan', { step: 'plan', ask: { account: 'contoso-chat' } }), {
    history: [{ stage: 'plan', from: ago(0) }],
    consumers: [],
  }),
  approval: at(gate('approveFirst')),
  approvalFresh: at(gate('approveFirst', [])),
  approvalBlocked: at(gate('approveFirst', []), {
    consumers: [
      ...sample.holding,
      sample.consumer(sample.registered.kiosk, 'undeclared'),
      sample.consumer(
        { ...sample.registered.search, name: 'old-reports' },
        'neither',
        undefined,
        'The secret holds JSON.',
      ),
    ],
    plan: {
      ...sample.plan,
      proof: { possible: false, because: 'the account answers on its private endpoint only.' },
    },
    notReached: [people.eve],
  }),
  regenerating: at(working('regenerateIdleKey', { step: 'regenerateIdleKey', ask: { slot: 'Key2' } }), {
    approvals: { prepare: sample.approvals.prepare },
  }),
  proving: at(working('proveIdleKey', { step: 'proveIdleKey', ask: { slot: 'Key2' } }, 2), {
    approvals: { prepare: sample.approvals.prepare },
    slots: sample.slots('live', 'unproved'),
  }),
  moving: at(
    { at: 'moving', stage: 'moveConsumers', to: 'Key2', since: ago(2) },
    { consumers: sample.moving, approvals: { prepare: sample.approvals.prepare }, touchedAt: ago(5) },
  ),
  watching: at(
    { at: 'watching', stage: 'watchTraffic', since: ago(6), until: ago(-4), told: false },
    {
      consumers: sample.moved,
      traffic: quiet,
      approvals: { prepare: sample.approvals.prepare },
      touchedAt: ago(12),
    },
  ),
  retirement: at(gate('approveSecond'), {
    consumers: sample.moved,
    waivers: [granted],
    traffic: quiet,
    approvals: { prepare: sample.approvals.prepare },
    touchedAt: ago(20),
  }),
  held: at(
    {
      at: 'held',
      stage: 'approveSecond',
      by: people.chidi,
      since: ago(3),
      reason: 'The night batch runs at two; let us see it work first.',
    },
    {
      consumers: sample.moved,
      waivers: [granted],
      approvals: { prepare: sample.approvals.prepare },
      touchedAt: ago(20),
    },
  ),
  choice: at(
    { at: 'choosing', stage: 'switchBack', since: ago(1), until: ago(-59) },
    {
      consumers: sample.moved,
      approvals: sample.approvals,
      touchedAt: ago(20),
      slots: sample.slots('retired', 'live'),
      oldKey: { proof: 'trying', since: ago(2), tries: 12, heldBy: 'worker-1' },
    },
  ),
  halted: at(
    {
      at: 'halted',
      stage: 'regenerateIdleKey',
      since: ago(1),
      fault: {
        kind: 'denied',
        says: 'Azure refused to regenerate Key 2: the service has no right to do it.',
        remedy: 'Grant the missing right to the service on contoso-chat, wait a minute, then press Retry.',
        action: 'Microsoft.CognitiveServices/accounts/regenerateKey/action',
      },
      resume: { at: 'watching', stage: 'watchTraffic', since: ago(6), until: ago(4), told: false },
    },
    { approvals: { prepare: sample.approvals.prepare }, slots: sample.slots('live', 'live') },
  ),
  haltedMidway: at(
    {
      at: 'halted',
      stage: 'moveConsumers',
      since: ago(1),
      fault: {
        kind: 'conflict',
        says: 'The secret search-indexer-api-key was changed by somebody else just before it was written.',
        remedy: 'Look who writes that secret. When it holds Key 1 again, press Retry.',
      },
      resume: { at: 'moving', stage: 'moveConsumers', to: 'Key2', since: ago(6) },
    },
    {
      consumers: sample.moving,
      touchedAt: ago(8),
      approvals: { prepare: sample.approvals.prepare },
      remarks: [
        'Azure’s answer to the regeneration of Key 2 was lost; looking at the keys showed that it had happened, so it was not sent again.',
      ],
    },
  ),
  finished: at(
    { at: 'completed', stage: 'finished', outcome: 'rotated', finishedAt: ago(1) },
    {
      consumers: sample.moved,
      waivers: [granted],
      approvals: sample.approvals,
      traffic: quiet,
      touchedAt: ago(20),
      slots: sample.slots('retired', 'live'),
      history: sample.historyUpTo('switchBack').map((line) => ({ to: sample.now, ...line })),
      oldKey: { proof: 'dead', since: ago(5), at: ago(2), tries: 14 },
    },
  ),
  rolledBack: at(
    { at: 'completed', stage: 'finished', outcome: 'rolledBack', finishedAt: ago(1) },
    {
      consumers: sample.holding,
      approvals: { prepare: sample.approvals.prepare },
      touchedAt: ago(20),
      traffic: { at: ago(1), unavailable: 'Azure Monitor answered 403.' },
      history: [
        ...sample.historyUpTo('moveConsumers').map((line) => ({ to: ago(4), ...line })),
        { stage: 'rollBack', from: ago(4), to: ago(1) },
      ],
    },
  ),
  declined: at({
    at: 'ended',
    stage: 'approveFirst',
    outcome: 'declined',
    says: 'Not during the launch week.',
    by: people.chidi,
    finishedAt: ago(1),
  }),
} satisfies Record<string, ApiKeysRotation>;

/** Gates whose policy asks for more than a number, and emergencies. */
const security: Group = { id: 'entra:security', kind: 'entraGroup', group: 'g1', name: 'Security' };
const platform: Group = { id: 'entra:platform', kind: 'entraGroup', group: 'g2', name: 'Platform' };
const hour = 3_600_000;
/** Called in where nobody decides. */
const farid: Person = {
  ...people.eve,
  objectId: people.eve.objectId.replace(/05$/, '06'),
  name: 'Farid Haddad',
};
const gates = sample.base.rules.gates;
const withRules = (change: Partial<Rules>): Rules => ({ ...sample.base.rules, ...change });

const strict = withRules({
  gates: {
    prepare: {
      ...gates.prepare,
      groups: [platform],
      atLeastOne: { people: [], groups: [security] },
      votesExpire: 4 * hour,
      escalate: { after: 2 * hour, to: { people: [farid], groups: [security] } },
      signIn: { within: hour / 6 },
      consumerOwners: 'out',
    },
    retire: { ...gates.retire, from: [...gates.retire.from, people.eve], notAlso: ['prepare'] },
  },
});
const night: Execution = {
  windows: [{ days: [1, 2, 3, 4, 5], from: '22:00', to: '04:00', zone: 'Europe/Berlin' }],
  freezes: [{ from: ago(60), to: ago(-60 * 9), says: 'Trade fair: nobody touches production' }],
  within: 24 * hour,
};
const hurried = {
  rules: withRules({ gates: { ...gates, breakGlass: { need: 1, from: [people.bo] } } }),
  request: {
    ...sample.base.request,
    reason: 'Key 1 was pushed to a public repository',
    breakGlass: true,
  },
} as const;

export const approvalRotations = {
  strict: at(gate('approveFirst'), {
    rules: strict,
    members: { [platform.id]: [people.dana, people.bo], [security.id]: [people.chidi, farid] },
  }),
  escalated: at(gate('approveFirst'), {
    rules: strict,
    escalated: ['prepare'],
    members: { [platform.id]: [people.dana, people.bo] },
  }),
  elsewhere: at(gate('approveSecond', []), {
    rules: strict,
    consumers: sample.moved,
    traffic: quiet,
    approvals: { prepare: sample.approvals.prepare },
    touchedAt: ago(20),
  }),
  outOfReach: at(gate('approveFirst'), { notReached: [people.chidi] }),
  window: at(
    {
      at: 'awaitingWindow',
      stage: 'approveFirst',
      gate: 'prepare',
      digest: sample.planDigest,
      since: ago(3),
      until: ago(-60 * 10),
      expires: ago(-60 * 24),
    },
    { rules: withRules({ execution: night }), approvals: { prepare: sample.approvals.prepare } },
  ),
  gateInFreeze: at(gate('approveFirst'), { rules: withRules({ execution: night }) }),
  emergency: at(gate('approveFirst', []), hurried),
  reviewOwed: {
    ...rotations.finished,
    ...hurried,
    approvals: { prepare: [vote(people.bo, 24)], retire: [vote(people.bo, 3)] },
    review: { state: 'owed', since: ago(1), remindedAt: ago(1) },
  },
  reviewGiven: {
    ...rotations.finished,
    ...hurried,
    approvals: { prepare: [vote(people.bo, 24)], retire: [vote(people.bo, 3)] },
    review: {
      state: 'given',
      at: ago(0),
      by: people.chidi,
      says: 'It was needed: the repository was public for an hour. Next time call me as well.',
    },
  },
} satisfies Record<string, ApiKeysRotation>;

const {
  plan: _unknown,
  slots: _none,
  retiring: _nobody,
  ...unplanned
} = at(
  {
    at: 'ended',
    stage: 'plan',
    outcome: 'refused',
    says: 'Local authentication is off on contoso-vision, so its keys are not in use.',
    remedy:
      'Nothing to rotate. If clients should use keys again, turn local authentication on, then ask again.',
    finishedAt: ago(1),
  },
  { consumers: [] },
);
const refused: ApiKeysRotation = { ...unplanned, history: [{ stage: 'plan', from: ago(1.2), to: ago(1) }] };

const manual = (change: Partial<ApiKeysRotation>, name = 'research-notebooks') =>
  consumerCard(view({ ...rotations.moving, ...change }), name, people.eve);

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The living card of each state of a move to another encryption key. */
const encryptionCards = Object.fromEntries(
  Object.entries<EncryptionKeyRotation>(encryption).map(([name, rotation]) => [
    kebab(name),
    () => livingCard(view(rotation)),
  ]),
);

/** Every card in every state worth looking at, by the name of its picture. */
export const sampleCards: Record<string, () => object> = {
  'progress-planning': () => livingCard(view(rotations.planning)),
  'progress-proving': () => livingCard(view(rotations.proving)),
  'progress-moving': () => livingCard(view(rotations.moving)),
  'progress-watching': () => livingCard(view(rotations.watching)),
  'progress-no-evidence': () =>
    livingCard(
      view({
        ...rotations.watching,
        phase: { at: 'watching', stage: 'watchTraffic', since: ago(14), until: ago(2), told: true },
        traffic: { at: ago(1), unavailable: 'Azure Monitor has no data for this account yet.' },
      }),
    ),
  approval: () => livingCard(view(rotations.approval), { refreshFor: ['29:1abc'] }),
  'approval-blocked': () => livingCard(view(rotations.approvalBlocked)),
  'approval-requester': () => livingCard(view(rotations.approval, people.ada)),
  'approval-voted': () => livingCard(view(rotations.approval, people.bo)),
  'approval-second-approver': () => livingCard(view(rotations.approval, people.chidi)),
  'approval-strict': () => livingCard(view(approvalRotations.strict)),
  'approval-strict-approver': () => livingCard(view(approvalRotations.strict, people.chidi)),
  'approval-strict-owner': () => livingCard(view(approvalRotations.strict, people.dana)),
  'approval-escalated': () => livingCard(view(approvalRotations.escalated)),
  'approval-out-of-reach': () => livingCard(view(approvalRotations.outOfReach)),
  'approval-in-freeze': () => livingCard(view(approvalRotations.gateInFreeze)),
  'approval-checking': () =>
    withNotice(
      { ...livingCard(view(rotations.approval, people.chidi)), actions: [] },
      chatRefusals.checking(sample.base.id),
      'accent',
    ),
  'retirement-voted-elsewhere': () => livingCard(view(approvalRotations.elsewhere, people.bo)),
  'awaiting-window': () => livingCard(view(approvalRotations.window)),
  'awaiting-window-bystander': () =>
    livingCard(view(approvalRotations.window, { ...people.eve, objectId: 'somebody-else' })),
  emergency: () => livingCard(view(approvalRotations.emergency)),
  'emergency-skipped': () => livingCard(view(approvalRotations.emergency, people.chidi)),
  'finished-review-owed': () => livingCard(view(approvalRotations.reviewOwed, people.chidi)),
  'finished-reviewed': () => livingCard(view(approvalRotations.reviewGiven)),
  review: () => reviewCard(view(approvalRotations.reviewOwed), people.chidi),
  'review-given': () => reviewCard(view(approvalRotations.reviewGiven), people.dana),
  'ask-review': () => askReviewCard(view(approvalRotations.reviewOwed)),
  'gate-approver': () => gateCard(view(rotations.approval), 'prepare', people.chidi),
  'gate-voted': () => gateCard(view(rotations.approval), 'prepare', people.bo),
  'gate-approved': () => gateCard(view(rotations.retirement), 'prepare', people.chidi),
  'gate-awaiting-window': () => gateCard(view(approvalRotations.window), 'prepare', people.chidi),
  'gate-rejected': () => gateCard(view(rotations.declined), 'prepare', people.bo),
  'gate-held': () => gateCard(view(rotations.held), 'retire', people.bo),
  'approval-bystander': () => livingCard(view(rotations.approval, people.eve)),
  retirement: () => livingCard(view(rotations.retirement)),
  held: () => livingCard(view(rotations.held)),
  choice: () => livingCard(view(rotations.choice)),
  halted: () => livingCard(view(rotations.halted)),
  'halted-midway': () => livingCard(view(rotations.haltedMidway)),
  finished: () => livingCard(view(rotations.finished)),
  'finished-rolled-back': () => livingCard(view(rotations.rolledBack)),
  'ended-declined': () => livingCard(view(rotations.declined)),
  'ended-refused': () => livingCard(view(refused)),
  ...encryptionCards,
  'key-choice-unclear': () =>
    withNotice(livingCard(view(encryption.keyChoice, people.ada)), unclearKeys.newName),
  'key-approval-requester': () => livingCard(view(encryption.keyApproval, people.ada)),
  'key-approval-bystander': () => livingCard(view(encryption.keyApproval, people.eve)),
  'key-choice-bystander': () =>
    livingCard(view(encryption.keyChoice, { ...people.eve, objectId: 'somebody-else' })),
  'key-status-of-one': () => statusOf(view(encryption.keyChoice)),
  'key-ask-reject': () => askRejectCard(view(encryption.keyApproval)),
  'consumer-declare': () => consumerCard(view(rotations.approvalBlocked), 'lobby-kiosk', people.eve),
  'consumer-switch': () => manual({}),
  'consumer-secret': () => consumerCard(view(rotations.moving), 'search-indexer', people.dana),
  'consumer-confirmed': () => manual({ consumers: sample.moved }),
  waiver: () => waiverCard(view({ ...rotations.moving, waivers: [sample.kioskWaiver] }), 1),
  'ask-waiver': () => askWaiverCard(view(rotations.moving)),
  'ask-reject': () => askRejectCard(view(rotations.retirement)),
  'form-done': () => formDoneCard(view(rotations.retirement), people.bo, 'rejected', 'the fair is on'),
  request: () => askRotateCard(['contoso-chat', 'contoso-vision', 'fabrikam-search']),
  status: () =>
    statusCard(
      [
        rotations.approval,
        { ...rotations.halted, id: sample.rotationId('R-2M8XW4') },
        rotations.finished,
        refused,
        encryption.keyWrapping,
        encryption.keyRolledBack,
      ],
      sample.now,
    ),
  'status-of-one': () => statusOf(view(rotations.watching)),
  help: () => helpCard(),
  welcome: () => welcomeCard(),
  refusal: () =>
    refusalCard(
      'There is no account “contoso-chta”',
      'It was looked for in the 2 subscriptions that Keysmith can read.',
      'Check the name, or say group/name.',
      ['contoso-chat', 'contoso-chart'],
    ),
};
