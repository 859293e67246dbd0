import { type Consumer } from '../../domain/apiKeys/consumers.ts';
import { otherSlot, slotName } from '../../domain/apiKeys/plan.ts';
import type { ApiKeysRotation } from '../../domain/apiKeys/rotation.ts';
import { blockersOf } from '../../domain/apiKeys/safety.ts';
import type { ApiKeysNews } from '../../domain/effects.ts';
import type { Gate } from '../../domain/policy.ts';
import { stageTitle } from '../../domain/procedures.ts';
import { duration } from '../duration.ts';
import { commonWords } from './shared.ts';

type Facts = Readonly<{
  rotation: ApiKeysRotation;
  /** The slot that was in use at the start, and the other one, by name. */
  oldKey: string;
  newKey: string;
  about: string;
  consumer: Consumer | undefined;
  at: number;
}>;

function factsOf(rotation: ApiKeysRotation, about: string | undefined, at: number): Facts {
  const retiring = rotation.retiring;
  return {
    rotation,
    oldKey: retiring === undefined ? 'the key in use' : slotName(retiring),
    newKey: retiring === undefined ? 'the unused key' : slotName(otherSlot(retiring)),
    about: about ?? '',
    consumer: rotation.consumers.find(({ registered }) => registered.name === about),
    at,
  };
}

const waiverOf = ({ rotation, about }: Facts) => rotation.waivers.find(({ id }) => id === Number(about));

const subjectOf = (facts: Facts): string => {
  const subject = waiverOf(facts)?.subject;
  return subject === undefined || subject.of === 'traffic' ? 'the evidence of the traffic' : subject.consumer;
};

const target = ({ consumer }: Facts): string =>
  consumer?.move === undefined ? 'its new key' : slotName(consumer.move.to);

const whereToFind = ({ consumer }: Facts): string =>
  consumer?.registered.kind === 'keyVaultSecret'
    ? 'The key is in its vault secret already; it only has to read it anew.'
    : 'You find the key in the Azure portal; I never send it.';

/** How the first move came out; whoever goes on without a proof was waived. */
function moved({ rotation: { consumers }, newKey }: Facts): string {
  const waived = consumers.filter(({ move }) => move === undefined || move.receipt.as === 'waived');
  const names = waived.map(({ registered }) => registered.name).join(', ');
  if (consumers.length === 0) return `no consumer is registered, so nobody had to move to ${newKey}`;
  if (waived.length === consumers.length) return `no consumer was moved to ${newKey}; waived: ${names}`;
  return waived.length === 0
    ? `every registered consumer has moved to ${newKey}`
    : `the consumers have moved to ${newKey}, except those that were waived: ${names}`;
}

const calls = ({ rotation: { traffic } }: Facts): string =>
  traffic === undefined || 'unavailable' in traffic
    ? 'Azure Monitor showed no figures.'
    : `${counted(traffic.window.calls)} client calls, ${counted(traffic.window.refused)} refused.`;

/** `Bo and Chen approved. `; nothing where nobody had to. */
function approvedBy({ approvals }: ApiKeysRotation, gate: Gate): string {
  const names = (approvals[gate] ?? []).map(({ by }) => by.name);
  return names.length === 0 ? '' : `${listed.format(names)} approved. `;
}

const listed = new Intl.ListFormat('en', { type: 'conjunction' });

/** What the clients met from the first regeneration to now, as far as Azure Monitor shows it. */
function meanwhile({ traffic }: ApiKeysRotation): string {
  if (traffic === undefined || 'unavailable' in traffic) return '';
  const { calls, refused, refusalsVisible } = traffic.total;
  // where Azure hides the refusals, a zero would be a claim
  const failed = refusalsVisible === false ? '' : `, and ${counted(refused)} of them failed`;
  return ` Until now the clients made ${counted(calls)} calls${failed}.`;
}

const counted = (n: number): string => n.toLocaleString('en-US');

/** What is said of a news of the API keys, to go on behind `<account>: `. */
export const apiKeysWords = (rotation: ApiKeysRotation, { news, about }: Told, at: number): string =>
  sentences[news](factsOf(rotation, about, at));

type Told = Readonly<{ news: ApiKeysNews; about?: string }>;

/** What is said of each news, to go on behind `<account>: `; a news without words doesn't compile. */
const sentences: Readonly<Record<ApiKeysNews, (facts: Facts) => string>> = {
  ...commonWords,
  gateOpened: (facts) => {
    const { rotation, oldKey, newKey } = facts;
    if (rotation.phase.stage !== 'approveFirst')
      return `${moved(facts)}. Approving now retires ${oldKey} for good: whoever still holds it is refused. Please look at the card and decide.`;
    const blockers = blockersOf(rotation);
    const blocked = blockers.length === 0 ? '' : ` Before anybody can approve: ${blockers.join(' ')}`;
    return `the plan is ready. ${oldKey} is in use and stays alive; approving regenerates ${newKey}. Please look at the card and decide.${blocked}`;
  },
  declarationNeeded: ({ about }) =>
    `the keys are about to be rotated, and you look after ${about}, which uses one of them. Which key does ${about} hold? I can't see it. Until you say so, nobody can approve.`,
  switchNeeded: (facts) =>
    `please switch ${facts.about} to ${target(facts)}. ${whereToFind(facts)} The key that it holds now stays alive meanwhile. Press “I have switched” when it is done.`,
  reminder: (facts) =>
    facts.consumer === undefined
      ? `the rotation still waits for your decision. Please look at the card.`
      : `a reminder: nobody has confirmed yet that ${facts.about} uses ${target(facts)}. Until then the old key stays alive and the rotation waits.`,
  withdrawn: ({ about }) =>
    `the confirmation for ${about} was taken back. The rotation waits for it again; both keys are alive.`,
  idleKeyRegenerated: ({ rotation, newKey, oldKey }) =>
    `${approvedBy(rotation, 'prepare')}${newKey} is regenerated. ${oldKey} is unchanged and still in use. Nobody gets the new key before it is proved.`,
  idleKeyProved: ({ newKey, oldKey, rotation }) =>
    rotation.plan?.proof.possible === false
      ? `${newKey} could not be tried from here, as the plan said. The consumers are given it now.`
      : `the new ${newKey} works. The consumers are given it now; ${oldKey} goes on working too.`,
  consumersMoved: (facts) =>
    `${moved(facts)}. I watch the traffic now, for ${duration(facts.rotation.rules.timing.soak)} at least.`,
  noEvidence: () =>
    `the watch is over, but Azure Monitor shows no traffic that would prove anything. I go on looking. To go on without evidence, ask for a waiver on the card.`,
  trafficQuiet: (facts) => `the traffic is quiet. ${calls(facts)}`,
  trafficRoseTooLate: (facts) =>
    `clients are being refused since ${facts.oldKey} was retired. ${calls(facts)} The old key can't be brought back: give these clients ${facts.newKey}.`,
  waiverAsked: (facts) => `a waiver is asked for ${subjectOf(facts)}. Please look at its card and decide.`,
  waiverGranted: (facts) =>
    `the waiver for ${subjectOf(facts)} is granted. It stands on the card of the second gate.`,
  waiverRejected: (facts) => `the waiver for ${subjectOf(facts)} is refused. The rotation goes on waiting.`,
  held: ({ oldKey, newKey }) =>
    `the retirement was rejected, so it is on hold. ${oldKey} and ${newKey} both work. Ask again, roll back, or close it with ${oldKey} alive: the card has the buttons.`,
  oldKeyRetired: ({ rotation, oldKey }) =>
    `${approvedBy(rotation, 'retire')}${oldKey} is regenerated, and its old value retired. I try that value until it is refused everywhere; Azure can take minutes to hours.`,
  oldKeyDead: ({ rotation: { oldKey: old }, oldKey, at }) =>
    `the old value of ${oldKey} is dead: refused everywhere I tried, ${duration(at - (old?.since ?? at))} after its retirement.`,
  oldKeyNotProvedDead: ({ rotation: { oldKey: old }, oldKey }) =>
    `I could not prove that the old value of ${oldKey} is dead: ${old?.proof === 'unproved' ? old.because : 'no answer'}. It was regenerated; the record says that the proof is missing.`,
  choiceOpened: ({ newKey, oldKey, rotation, at }) =>
    `both keys are new. Shall the consumers stay on ${newKey}, or switch back to ${oldKey}? Please choose on the card; without a choice they stay, in ${duration((rotation.phase.at === 'choosing' ? rotation.phase.until : at) - at)}.`,
  halted: ({ rotation: { phase } }) =>
    phase.at === 'halted'
      ? `halted at “${stageTitle('apiKeys', phase.stage)}”. ${phase.fault.says} ${phase.fault.remedy}`
      : `halted. The card says why.`,
  rollingBack: ({ oldKey }) =>
    `rolling back. The consumers are brought back to ${oldKey}, which is still alive.`,
  refused: ({ rotation: { phase } }) =>
    phase.at === 'ended'
      ? ['not started.', phase.says, phase.remedy ?? '', 'Nothing was changed.'].filter(Boolean).join(' ')
      : 'not started. Nothing was changed.',
  declined: ({ rotation: { phase } }) =>
    `the plan was rejected${phase.at === 'ended' && phase.by !== undefined ? ` by ${phase.by.name}` : ''}. Nothing was regenerated.`,
  cancelled: ({ rotation: { phase } }) =>
    `the rotation was cancelled${phase.at === 'ended' && phase.by !== undefined ? ` by ${phase.by.name}` : ''}. ${phase.at === 'ended' ? phase.says : ''}`,
  finished: (facts) => finished(facts),
};

function finished(facts: Facts): string {
  const { rotation, oldKey, newKey, at } = facts;
  const took = duration(at - rotation.request.at);
  if (rotation.phase.at !== 'completed') return 'the rotation is finished.';
  switch (rotation.phase.outcome) {
    case 'rotated':
      return `the rotation is finished after ${took}: both keys are new, and the consumers use ${newKey}.${meanwhile(rotation)}`;
    case 'switchedBack':
      return `the rotation is finished after ${took}: both keys are new, and the consumers are back on ${oldKey}.${meanwhile(rotation)}`;
    case 'rolledBack':
      return `the rotation was rolled back after ${took}: the consumers use ${oldKey} as before. ${newKey} was regenerated and belongs to nobody.`;
    case 'oldKeyAlive':
      return `the rotation was closed after ${took} with ${oldKey} alive. That is a deviation, and stands in the record: whoever holds the old value can still use it.`;
  }
}
