import { type Consumer } from '../domain/consumers.ts';
import type { Person } from '../domain/people.ts';
import { otherSlot, slotName } from '../domain/plan.ts';
import type { News, Rotation } from '../domain/rotation.ts';
import { stageTitle } from '../domain/procedures.ts';
import { blockersOf } from '../domain/safety.ts';
import { duration } from './duration.ts';

/** Text with `<at>n</at>` where the n-th (from 0) of `mentions` is named. */
export type Words = Readonly<{ text: string; mentions: readonly Person[] }>;

type Announced = Readonly<{ news: News; mention: readonly Person[]; about?: string }>;

/** What the channel or a person is told. One or two sentences: what happened, what is true now, what to do next. */
export function wordsFor(rotation: Rotation, { news, mention, about }: Announced, at: number): Words {
  const names = mention.map((_person, index) => `<at>${String(index)}</at>`).join(', ');
  const called = names === '' ? '' : `${names} — `;
  return { text: `${called}${sentence(rotation, news, about, at)}`, mentions: mention };
}

/** The sentence of each news; a news without words doesn't compile. */
function sentence(rotation: Rotation, news: News, about: string | undefined, at: number): string {
  return sentences[news](factsOf(rotation, about, at));
}

type Facts = Readonly<{
  rotation: Rotation;
  id: string;
  account: string;
  /** The slot that was in use at the start, and the other one, by name. */
  oldKey: string;
  newKey: string;
  about: string;
  consumer: Consumer | undefined;
  at: number;
}>;

function factsOf(rotation: Rotation, about: string | undefined, at: number): Facts {
  const retiring = rotation.retiring;
  return {
    rotation,
    id: rotation.id,
    account: rotation.plan?.account.name ?? rotation.request.account,
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

const calls = ({ rotation: { traffic } }: Facts): string =>
  traffic === undefined || 'unavailable' in traffic
    ? 'Azure Monitor showed no figures.'
    : `${String(traffic.window.calls)} client calls, ${String(traffic.window.refused)} refused.`;

const sentences: Readonly<Record<News, (facts: Facts) => string>> = {
  gateOpened: (facts) => {
    const { rotation, id, account, oldKey, newKey } = facts;
    if (rotation.phase.stage !== 'approveFirst')
      return `${id} · ${account}: the consumers have moved to ${newKey}. Approving now retires ${oldKey} for good: whoever still holds it is refused. Please look at the card and decide.`;
    const blockers = blockersOf(rotation);
    const blocked = blockers.length === 0 ? '' : ` Before anybody can approve: ${blockers.join(' ')}`;
    return `${id} · ${account}: the plan is ready. ${oldKey} is in use and stays alive; approving regenerates ${newKey}. Please look at the card and decide.${blocked}`;
  },
  planChanged: ({ id, account }) =>
    `${id} · ${account}: what you were asked to approve has changed, so the votes given so far are void. The card shows what is true now; please decide again.`,
  gatePassed: ({ rotation, id, account }) =>
    rotation.phase.stage === 'approveFirst' || rotation.approvals.retire === undefined
      ? `${id} · ${account}: the plan is approved. I begin.`
      : `${id} · ${account}: the retirement is approved. I carry it out now.`,
  declarationNeeded: ({ account, about }) =>
    `${account} is about to be rotated, and you own ${about}, which calls it. Which key does ${about} hold? I can't see it. Until you say so, nobody can approve.`,
  switchNeeded: (facts) =>
    `Please switch ${facts.about} to ${target(facts)} of ${facts.account}. You find the key in the Azure portal; I never send it. Both keys work until the old one is retired. Press "I have switched" when it is done.`,
  reminder: (facts) =>
    facts.consumer === undefined
      ? `${facts.id} · ${facts.account} is still waiting for you. The card shows what for.`
      : `A reminder: ${facts.about} still has no receipt for ${target(facts)} of ${facts.account}. Until it has one, the old key stays alive and the rotation waits.`,
  withdrawn: ({ id, account, about }) =>
    `${id} · ${account}: the confirmation for ${about} was taken back. The rotation waits for it again; both keys are alive.`,
  idleKeyRegenerated: ({ id, account, newKey, oldKey }) =>
    `${id} · ${account}: ${newKey} is regenerated. ${oldKey} is unchanged and still in use. Nobody gets the new key before it is proved.`,
  idleKeyProved: ({ id, account, newKey, rotation }) =>
    rotation.plan?.proof.possible === false
      ? `${id} · ${account}: ${newKey} could not be tried from here, as the plan said. The consumers are given it now.`
      : `${id} · ${account}: the new ${newKey} is accepted. The consumers are given it now; both keys work.`,
  consumersMoved: ({ id, account, newKey }) =>
    `${id} · ${account}: every registered consumer has moved to ${newKey}. I watch the traffic now.`,
  noEvidence: ({ id, account }) =>
    `${id} · ${account}: the watch is over, but Azure Monitor shows no traffic that would prove anything. I go on looking. To go on without evidence, ask for a waiver on the card.`,
  trafficQuiet: (facts) =>
    `${facts.id} · ${facts.account}: the traffic is quiet. ${calls(facts)} That proves that the new key works, not that nobody holds the old one.`,
  trafficRoseTooLate: (facts) =>
    `${facts.id} · ${facts.account}: clients are being refused since ${facts.oldKey} was retired. ${calls(facts)} The old key can't be brought back: give these clients ${facts.newKey}.`,
  waiverAsked: (facts) =>
    `${facts.id} · ${facts.account}: a waiver is asked for ${subjectOf(facts)}. Please look at its card and decide.`,
  waiverGranted: (facts) =>
    `${facts.id} · ${facts.account}: the waiver for ${subjectOf(facts)} is granted. It stands on the card of the second gate.`,
  waiverRejected: (facts) =>
    `${facts.id} · ${facts.account}: the waiver for ${subjectOf(facts)} is refused. The rotation goes on waiting.`,
  held: ({ id, account, oldKey, newKey }) =>
    `${id} · ${account}: the retirement was rejected, so it is on hold. ${oldKey} and ${newKey} both work. Ask again, roll back, or close it with ${oldKey} alive: the card has the buttons.`,
  oldKeyRetired: ({ id, account, oldKey }) =>
    `${id} · ${account}: ${oldKey} is regenerated; its old value is retired. I try the old value until it is refused; Azure can take minutes to hours.`,
  oldKeyDead: ({ rotation: { oldKey: old }, id, account, oldKey, at }) =>
    `${id} · ${account}: the old value of ${oldKey} is dead: refused everywhere I tried, ${duration(at - (old?.since ?? at))} after its retirement.`,
  oldKeyNotProvedDead: ({ rotation: { oldKey: old }, id, account, oldKey }) =>
    `${id} · ${account}: I could not prove that the old value of ${oldKey} is dead: ${old?.proof === 'unproved' ? old.because : 'no answer'}. It was regenerated; the record says that the proof is missing.`,
  choiceOpened: ({ id, account, newKey, oldKey, rotation, at }) =>
    `${id} · ${account}: both keys are rotated. The consumers can stay on ${newKey} or switch back to ${oldKey}. Without a choice they stay, ${duration((rotation.phase.at === 'choosing' ? rotation.phase.until : at) - at)} from now.`,
  halted: ({ rotation: { phase }, id, account }) =>
    phase.at === 'halted'
      ? `${id} · ${account} halted at "${stageTitle(phase.stage)}". ${phase.fault.says} ${phase.fault.remedy}`
      : `${id} · ${account} halted. The card says why.`,
  retried: ({ id, account }) => `${id} · ${account}: it goes on, beginning with a look at what is there.`,
  rollingBack: ({ id, account, oldKey }) =>
    `${id} · ${account}: rolling back. The consumers are brought back to ${oldKey}, which is still alive.`,
  refused: ({ rotation: { phase }, id, account }) =>
    phase.at === 'ended'
      ? `${id} · ${account} can't be rotated safely. ${phase.says} ${phase.remedy ?? ''} Nothing was changed.`
      : `${id} · ${account} can't be rotated safely. Nothing was changed.`,
  declined: ({ rotation: { phase }, id, account }) =>
    `${id} · ${account}: the plan was rejected${phase.at === 'ended' && phase.by !== undefined ? ` by ${phase.by.name}` : ''}. Nothing was regenerated.`,
  cancelled: ({ rotation: { phase }, id, account }) =>
    `${id} · ${account} was cancelled${phase.at === 'ended' && phase.by !== undefined ? ` by ${phase.by.name}` : ''}. ${phase.at === 'ended' ? phase.says : ''}`,
  finished: (facts) => finished(facts),
};

function finished(facts: Facts): string {
  const { rotation, id, account, oldKey, newKey, at } = facts;
  const took = duration(at - rotation.request.at);
  if (rotation.phase.at !== 'completed') return `${id} · ${account} is finished.`;
  switch (rotation.phase.outcome) {
    case 'rotated':
      return `${id} · ${account} is finished after ${took}: both keys are rotated, the consumers use ${newKey}. The card has the summary.`;
    case 'switchedBack':
      return `${id} · ${account} is finished after ${took}: both keys are rotated, the consumers are back on ${oldKey}. The card has the summary.`;
    case 'rolledBack':
      return `${id} · ${account} was rolled back after ${took}: the consumers use ${oldKey} as before. ${newKey} was regenerated and belongs to nobody.`;
    case 'oldKeyAlive':
      return `${id} · ${account} was closed after ${took} with ${oldKey} alive. That is a deviation, and stands in the record: whoever holds the old value can still use it.`;
  }
}
