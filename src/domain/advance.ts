import * as apiKeys from './apiKeys/advance.ts';
import type { Tools } from './effects.ts';
import * as encryptionKey from './encryptionKey/advance.ts';
import type { Happening, On, Refusal } from './happenings.ts';
import type { RotationId } from './ids.ts';
import { say, tell } from './outcome.ts';
import { isOneOf } from './people.ts';
import type { Rules } from './policy.ts';
import type { Procedure } from './procedures.ts';
import { askReview, chaseReview, owesReview, review, reviewDueAt } from './review.ts';
import type { Request } from './request.ts';
import { err, ok, type Result } from './result.ts';
import { isOver, type Outcome, type Rotation } from './rotation.ts';
import type { Shared } from './shared.ts';
import { skippedBy } from './voters.ts';

/** A new rotation and its first effect. Asks nothing of Azure yet. */
export function begin(id: RotationId, procedure: Procedure, request: Request, rules: Rules): Outcome {
  const shared: Shared = {
    id,
    request,
    rules,
    history: [],
    approvals: {},
    asked: {},
    chains: {},
    remarks: [],
    notReached: [],
    round: 0,
  };
  return procedure === 'apiKeys' ? apiKeys.begin(shared) : encryptionKey.begin(shared);
}

/** What goes on beside a rotation that is over: proofs, looks, undelivered messages, and the review of an emergency. */
const goesOn: readonly Happening['type'][] = [
  'stepDone',
  'stepFailed',
  'timePassed',
  'notReached',
  'reviewed',
];

/** The only place that decides what may happen next. Pure: no clock, no I/O, no SDK. */
export function advance(rotation: Rotation, event: Happening, tools: Tools): Result<Outcome, Refusal> {
  if (isOver(rotation) && !goesOn.includes(event.type)) return err('alreadyOver');
  if (event.type === 'notReached') return noteNotReached(rotation, event);
  if (event.type === 'reviewed') return review<Rotation>(rotation, event);
  const advanced: Result<Outcome, Refusal> =
    rotation.procedure === 'apiKeys'
      ? apiKeys.advance(rotation, event, tools)
      : encryptionKey.advance(rotation, event, tools);
  return advanced.ok ? ok(withEmergency(rotation, advanced.value, event)) : advanced;
}

/** An emergency tells at once whom it skips, and is owed a review when it is over. */
function withEmergency(before: Rotation, { rotation, effects }: Outcome, { at, type }: Happening): Outcome {
  if (rotation.request.breakGlass !== true) return { rotation, effects };
  const opened = Object.keys(before.asked).length === 0 && Object.keys(rotation.asked).length > 0;
  const skipped = opened ? skippedBy(rotation) : [];
  const told =
    skipped.length === 0 ? [] : [say('skipped', skipped), ...skipped.map((one) => tell(one, 'skipped'))];
  const owing = isOver(rotation) && !isOver(before) ? owesReview<Rotation>(rotation, at) : rotation;
  const asked = owing === rotation ? [] : askReview(owing);
  const chased = type === 'timePassed' ? chaseReview<Rotation>(owing, at) : { rotation: owing, effects: [] };
  return { rotation: chased.rotation, effects: [...effects, ...told, ...asked, ...chased.effects] };
}

const noteNotReached = (rotation: Rotation, { person }: On<'notReached'>): Result<Outcome, Refusal> =>
  isOneOf(person, rotation.notReached)
    ? err('notExpected')
    : ok({ rotation: { ...rotation, notReached: [...rotation.notReached, person] }, effects: [] });

/** The row's own next deadline in epoch ms, or null: whatever wakes it, it is the row that knows. */
export function dueAt(rotation: Rotation): number | null {
  const own = rotation.procedure === 'apiKeys' ? apiKeys.dueAt(rotation) : encryptionKey.dueAt(rotation);
  const owed = reviewDueAt(rotation);
  return own === null || owed === null ? (own ?? owed) : Math.min(own, owed);
}
