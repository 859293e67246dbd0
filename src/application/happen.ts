import { advance, dueAt } from '../domain/advance.ts';
import type { Effect } from '../domain/effects.ts';
import type { Happening, Refusal } from '../domain/happenings.ts';
import type { RotationId } from '../domain/ids.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { Outcome, Rotation } from '../domain/rotation.ts';
import { contentsOf } from './announce.ts';
import type { Pure } from './ports/ambient.ts';
import type { AuditEvent, NewEffect, Tx } from './ports/store.ts';

type Ran = Extract<Effect, { do: 'run' }>;

/** What a transaction that was refused says: nothing was saved. */
export type NotHappened = Refusal | 'noSuchRotation';

/**
 * Lets something happen to a rotation, inside the caller's transaction: lock the row, advance it, save
 * it with its audit event, its effects and what is to be announced. All of it or nothing.
 */
export async function happen(
  tx: Tx,
  pure: Pure,
  id: RotationId,
  event: Happening,
): Promise<Result<Rotation, NotHappened>> {
  const rotation = await tx.lockRotation(id);
  if (rotation === null) return err('noSuchRotation');
  const advanced = advance(rotation, event, pure);
  if (!advanced.ok) return advanced;
  await save(tx, rotation, advanced.value, event);
  return ok(advanced.value.rotation);
}

async function save(
  tx: Tx,
  before: Rotation,
  { rotation, effects }: Outcome,
  event: Happening,
): Promise<void> {
  // A wake-up that changed nothing leaves no trace: the audit log is for what happened.
  if (event.type === 'timePassed' && rotation === before && effects.length === 0) {
    await tx.saveRotation(before, null, dueAt(before));
    return;
  }
  await tx.saveRotation(rotation, audit(before, rotation, event), dueAt(rotation));
  await enqueue(tx, rotation, effects, event.at);
}

/** Effects become rows with jobs, announcements become outbox rows. */
export async function enqueue(
  tx: Tx,
  rotation: Rotation,
  effects: readonly Effect[],
  at: number,
): Promise<void> {
  const runs = effects.filter((effect): effect is Ran => effect.do === 'run');
  await tx.addEffects(runs.map((effect): NewEffect => ({ ...effect, rotation: rotation.id })));
  await tx.addOutbox(rotation.id, contentsOf(rotation, effects, at));
}

/** The record of one change: what happened, who did it, and where the rotation stood before and after. */
function audit(before: Rotation, after: Rotation, event: Happening): AuditEvent {
  const { at, type, ...detail } = event;
  return {
    at,
    type,
    ...('by' in event ? { by: event.by } : {}),
    detail: {
      ...detail,
      from: { at: before.phase.at, stage: before.phase.stage },
      to: { at: after.phase.at, stage: after.phase.stage },
    },
  };
}
