import { begin } from '../domain/advance.ts';
import type { Happening } from '../domain/happenings.ts';
import { parseRotationId,type RotationId } from '../domain/ids.ts';
import type { Person } from '../domain/people.ts';
import type { Place,Request } from '../domain/request.ts';
import { unreachable } from '../domain/result.ts';
import type { Answer,Said } from './conversation.ts';
import { enqueue,happen } from './happen.ts';
import type { Clock,Log,Pure,Random } from './ports/ambient.ts';
import type { Policies } from './ports/policy.ts';
import type { InboxRow,Store,Tx } from './ports/store.ts';
import { settleTwin } from './twins.ts';

export type HearInbox = Readonly<{
  store: Store;
  policies: Policies;
  pure: Pure;
  clock: Clock;
  ids: Random;
  log: Log;
}>;

type Asked = Extract<Said, { say: 'rotate' }>;

const atOnce = 50;

/** Answers what people said, oldest first. The only place where a vote is counted or a rotation begins. */
export async function hearInbox(on: HearInbox): Promise<void> {
  for (;;) {
    const rows = await on.store.inbox.waiting(atOnce);
    for (const row of rows) await hear(on, row);
    if (rows.length < atOnce) return;
  }
}

async function hear(on: HearInbox, row: InboxRow): Promise<void> {
  try {
    await on.store.transaction(async (tx) => {
      if (!(await tx.claimInbox(row.id))) return;
      const answer = await answerTo(on, tx, row);
      await tx.answerInbox(row.id, answer);
      if (row.clicked !== undefined) await settleTwin(tx, row.said, row.clicked);
      on.log.info({ event: 'inbox.answered', inbox: row.id, say: row.said.say, answer: answer.answer });
    });
  } catch (error) {
    if (error instanceof Error && error.name === 'StoreUnavailable') throw error;
    on.log.error({ event: 'inbox.broke', inbox: row.id, say: row.said.say, error });
    await on.store.transaction((tx) => tx.answerInbox(row.id, broke));
  }
}

const broke: Answer = {
  answer: 'cannot',
  says: 'Something went wrong inside Keysmith itself, so nothing was done.',
  remedy: 'Try once more; if it happens again, tell whoever runs Keysmith. The log has the details.',
};

async function answerTo(on: HearInbox, tx: Tx, row: InboxRow): Promise<Answer> {
  const { said, by } = row;
  if (said.say === 'rotate') return startRotation(on, tx, by, said);
  const happened = await happen(tx, on.pure, said.rotation, happeningOf(said, by, on.clock.now()));
  if (happened.ok) return { answer: 'done', rotation: said.rotation };
  if (happened.error === 'noSuchRotation') return { answer: 'noSuchRotation' };
  return { answer: 'refused', rotation: said.rotation, refusal: happened.error };
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
function happeningOf(said: Exclude<Said, Asked>, by: Person, at: number): Happening {
  const reason = 'reason' in said ? { reason: said.reason } : {};
  switch (said.say) {
    case 'approve':
      return { type: 'approved', at, by, stage: said.stage, digest: said.digest };
    case 'reject':
      return { type: 'rejected', at, by, stage: said.stage, digest: said.digest, ...reason };
    case 'declare':
      return { type: 'declared', at, by, consumer: said.consumer, holds: said.holds };
    case 'confirm':
      return { type: 'confirmed', at, by, consumer: said.consumer, to: said.to };
    case 'withdraw':
      return { type: 'withdrawn', at, by, consumer: said.consumer, to: said.to };
    case 'askWaiver':
      return { type: 'waiverAsked', at, by, subject: said.subject, reason: said.reason };
    case 'approveWaiver':
      return { type: 'waiverApproved', at, by, waiver: said.waiver };
    case 'rejectWaiver':
      return { type: 'waiverRejected', at, by, waiver: said.waiver };
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
    case 'rollBack':
      return { type: 'rollBackAsked', at, by, stage: said.stage };
    case 'cancel':
      return { type: 'cancelled', at, by, ...(said.stage === undefined ? {} : { stage: said.stage }) };
    default:
      return unreachable(said);
  }
}
