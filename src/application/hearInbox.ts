import { advance, begin } from '../domain/advance.ts';
import type { Standing } from '../domain/approval.ts';
import type { Happening } from '../domain/happenings.ts';
import { parseRotationId, type RotationId } from '../domain/ids.ts';
import type { Person } from '../domain/people.ts';
import type { Place, Request } from '../domain/request.ts';
import { err, type Result, unreachable } from '../domain/result.ts';
import type { Answer, Said } from './conversation.ts';
import { enqueue, happen, type NotHappened } from './happen.ts';
import { type Looks, openLooks } from './looks.ts';
import { signInWords } from './notCounted.ts';
import type { Pure, Random } from './ports/ambient.ts';
import type { Policies } from './ports/policy.ts';
import type { InboxRow, Store, Tx } from './ports/store.ts';
import {
  findOut,
  type Finding,
  type FindsOut,
  isNothing,
  isVote,
  neededFor,
  standingOf,
  suffices,
  type Vote,
} from './standing.ts';
import { settleTwin } from './twins.ts';

export type HearInbox = FindsOut &
  Readonly<{
    store: Store;
    policies: Policies;
    pure: Pure;
    ids: Random;
    /** After how long (ms) the chat side tells people to wait; absent: they wait for the answer. */
    answerWithin?: number;
  }>;

type Asked = Extract<Said, { say: 'rotate' }>;

const atOnce = 50;

/**
 * Answers what people said, oldest first. The only place where a vote is counted or a rotation begins.
 * A vote that takes a look elsewhere first is looked into beside everything else: it holds up what was said
 * about its own rotation after it, and nothing more. Gives what is to be called at each wake-up.
 */
export function inboxHearer(on: HearInbox): () => Promise<void> {
  const looks = openLooks(() => on.store.inbox.wake(), on.log, err({ because: 'brokenInside', ...broken }));
  return async () => {
    const seen = new Set<string>();
    const held = new Set<RotationId>();
    let after: string | undefined;
    for (;;) {
      const rows = await on.store.inbox.waiting(atOnce, after);
      for (const row of rows) {
        seen.add(row.id);
        const rotation = row.said.say === 'rotate' ? undefined : row.said.rotation;
        if (rotation !== undefined && held.has(rotation)) {
          // whoever waits behind somebody waits for the slowest look, not for the sum
          await isReady(on, looks, row);
        } else if (!(await attend(on, looks, row)) && rotation !== undefined) {
          held.add(rotation);
        }
      }
      if (rows.length < atOnce) break;
      after = rows.at(-1)?.id;
    }
    looks.keepOnly(seen);
  };
}

/** How often a row is tried again at once when its rotation has moved on between look and lock. */
const tries = 3;

/** Hears a row, unless it waits for a look. */
async function attend(on: HearInbox, looks: Looks, row: InboxRow): Promise<boolean> {
  for (let left = tries; left > 0; left--) {
    if (!(await isReady(on, looks, row))) return false;
    const heard = await hear(on, row, looks.of(row.id));
    looks.forget(row.id);
    if (heard) return true;
  }
  return false;
}

/** Whether a row can be heard now. A vote that needs a look is looked into from its first sight on. */
async function isReady(on: HearInbox, looks: Looks, row: InboxRow): Promise<boolean> {
  const look = looks.of(row.id);
  if (look !== undefined) return look !== 'pending';
  const { said, by } = row;
  const rotation = isVote(said) ? await on.store.rotations.find(said.rotation) : null;
  if (rotation === null || !isVote(said)) return true;
  const needed = neededFor(rotation, said, by);
  if (isNothing(needed)) return true;
  looks.begin(row, () => findOut(on, needed, by));
  return false;
}

/** False: what was found is too old, or not what has to be known by now, so the row waits for another look. */
async function hear(on: HearInbox, row: InboxRow, look: ReturnType<Looks['of']>): Promise<boolean> {
  const finding = look === 'pending' ? undefined : look;
  try {
    return await on.store.transaction(async (tx) => {
      if (!(await tx.claimInbox(row.id))) return true;
      const answer = await answerTo(on, tx, row, finding);
      if (answer === 'lookAgain') return false;
      await tx.answerInbox(row.id, answer);
      if (row.clicked !== undefined) await settleTwin(tx, row.said, row.clicked);
      await tellLate(on, tx, row, answer);
      on.log.info({ event: 'inbox.answered', inbox: row.id, say: row.said.say, answer: answer.answer });
      return true;
    });
  } catch (error) {
    if (error instanceof Error && error.name === 'StoreUnavailable') throw error;
    on.log.error({ event: 'inbox.broke', inbox: row.id, say: row.said.say, error });
    await on.store.transaction((tx) => tx.answerInbox(row.id, broke));
    return true;
  }
}

/**
 * Whoever votes is told to wait when the answer takes long. A vote that counts shows on every card by itself;
 * why one doesn't count has to be said, and the clicker's card is to be drawn anew.
 */
async function tellLate(on: HearInbox, tx: Tx, { said, by, receivedAt }: InboxRow, answer: Answer) {
  if (!isVote(said) || answer.answer === 'done' || answer.answer === 'noSuchRotation') return;
  if (on.answerWithin === undefined || on.clock.now() - receivedAt < on.answerWithin) return;
  await tx.addOutbox(said.rotation, [
    { kind: 'card', card: 'living' },
    { kind: 'answer', person: by, answer },
  ]);
}

const broken = {
  says: 'Something went wrong inside Keysmith itself, so nothing was done.',
  remedy: 'Try once more; if it happens again, tell whoever runs Keysmith. The log has the details.',
} as const;

const broke: Answer = { answer: 'cannot', ...broken };

async function answerTo(
  on: HearInbox,
  tx: Tx,
  row: InboxRow,
  finding: Finding | undefined,
): Promise<Answer | 'lookAgain'> {
  const { said, by } = row;
  if (said.say === 'rotate') return startRotation(on, tx, by, said);
  if (isVote(said)) return hearVote(on, tx, said, by, finding);
  const happened = await happen(tx, on.pure, said.rotation, happeningOf(said, { by }, on.clock.now()));
  return answerOf(said.rotation, happened);
}

/** Counts a vote under the row's lock, with what was found out about its person beforehand. */
async function hearVote(
  on: HearInbox,
  tx: Tx,
  said: Vote,
  by: Person,
  finding: Finding | undefined,
): Promise<Answer | 'lookAgain'> {
  if (finding?.ok === false) return { answer: 'cannot', ...finding.error };
  const found = finding?.value;
  const rotation = await tx.lockRotation(said.rotation);
  if (rotation === null) return { answer: 'noSuchRotation' };
  const at = on.clock.now();
  // it may have moved on since, to a gate with other rules
  if (!suffices(found, neededFor(rotation, said, by), at)) return 'lookAgain';
  const event = happeningOf(said, standingOf(by, found), at);
  const judged = advance(rotation, event, on.pure);
  if (!judged.ok) return answerOf(rotation.id, judged);
  // only a vote that counts uses its sign-in up
  if (found?.signedIn !== undefined && !(await tx.useSignIn(found.signedIn, rotation.id, at)))
    return { answer: 'cannot', because: 'signInUsedBefore', ...signInWords.signInUsedBefore };
  return answerOf(rotation.id, await happen(tx, on.pure, rotation.id, event));
}

function answerOf(rotation: RotationId, happened: Result<unknown, NotHappened>): Answer {
  if (happened.ok) return { answer: 'done', rotation };
  if (happened.error === 'noSuchRotation') return { answer: 'noSuchRotation' };
  return { answer: 'refused', rotation, refusal: happened.error };
}

async function startRotation(on: HearInbox, tx: Tx, by: Person, said: Asked): Promise<Answer> {
  if (said.reason.trim() === '') return { answer: 'reasonMissing' };
  const place = placeFor(on.policies, said);
  if (place === null) return noHome;
  const rules = on.policies.rulesFor(said.account);
  const at = on.clock.now();
  const { account, procedure, ticket } = said;
  const request: Request = {
    account,
    reason: said.reason.trim(),
    ...(ticket === undefined ? {} : { ticket }),
    ...(said.breakGlass === true ? { breakGlass: true } : {}),
    by,
    at,
    place,
  };
  const outcome = begin(newId(on.ids), procedure, request, rules);
  const { rotation } = outcome;
  const detail = { account, procedure, reason: request.reason, ticket: ticket ?? null, policy: rules.policy };
  const running = await tx.insertRotation(rotation, on.ids.salt(), { at, type: 'requested', by, detail });
  if (running !== null) return { answer: 'alreadyRunning', rotation: running };
  await enqueue(tx, rotation, outcome.effects, at);
  return { answer: 'started', rotation: rotation.id, inHomeChannel: said.personal };
}

/** A request from a personal chat is told in the policy's home channel, where approvers can see it. */
const placeFor = (policies: Policies, said: Asked): Place | null =>
  said.personal ? policies.homeChannel : said.place;

const noHome: Answer = {
  answer: 'cannot',
  says: 'A rotation needs a channel where others can see and approve it, and the policy names no home channel.',
  remedy: 'Ask in a channel where I am installed, or have `homeChannel` added to the policy file.',
};

function newId(ids: Random): RotationId {
  const id = parseRotationId(ids.rotationId());
  if (!id.ok) throw new Error('the id generator made something that is no rotation id');
  return id.value;
}

/** What was said, as the domain hears it. Who said it comes from the authenticated activity. */
function happeningOf(said: Exclude<Said, Asked>, standing: Standing, at: number): Happening {
  const { by } = standing;
  const reason = 'reason' in said ? { reason: said.reason } : {};
  switch (said.say) {
    case 'approve':
      return { type: 'approved', at, ...standing, stage: said.stage, digest: said.digest };
    case 'reject':
      return { type: 'rejected', at, ...standing, stage: said.stage, digest: said.digest, ...reason };
    case 'withdrawVote':
      return { type: 'voteWithdrawn', at, by, stage: said.stage };
    case 'declare':
      return { type: 'declared', at, by, consumer: said.consumer, holds: said.holds };
    case 'confirm':
      return { type: 'confirmed', at, by, consumer: said.consumer, to: said.to };
    case 'withdraw':
      return { type: 'withdrawn', at, by, consumer: said.consumer, to: said.to };
    case 'askWaiver':
      return { type: 'waiverAsked', at, by, subject: said.subject, reason: said.reason };
    case 'approveWaiver':
      return { type: 'waiverApproved', at, ...standing, waiver: said.waiver };
    case 'rejectWaiver':
      return { type: 'waiverRejected', at, ...standing, waiver: said.waiver };
    case 'chooseKey':
      return { type: 'keyChosen', at, by, choice: said.choice };
    case 'choose':
      return { type: 'chosen', at, by, choice: said.choice };
    case 'askAgain':
      return { type: 'askedAgain', at, by };
    case 'closeOldKeyAlive':
      return { type: 'closedOldKeyAlive', at, by };
    case 'retry':
      return { type: 'retried', at, by, stage: said.stage };
    case 'review':
      return { type: 'reviewed', at, by, says: said.says };
    case 'rollBack':
      return { type: 'rollBackAsked', at, by, stage: said.stage };
    case 'cancel':
      return { type: 'cancelled', at, by, ...(said.stage === undefined ? {} : { stage: said.stage }) };
    default:
      return unreachable(said);
  }
}
