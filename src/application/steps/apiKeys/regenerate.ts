import type { Fault } from '../../../domain/faults.ts';
import { type KeyPicture, otherSlot, type Slot, slotName, slots } from '../../../domain/apiKeys/plan.ts';
import { err, ok, type Result } from '../../../domain/result.ts';
import type { KeysInHand } from '../../ports/azure.ts';
import { type Call, sendOnce, type Verdict } from '../../sendOnce.ts';
import { answered, type Came, failed, type Run, type Tools } from '../../step.ts';
import { accountOf, drifted, driftedSlots } from './keys.ts';

type Regenerating = 'regenerateIdleKey' | 'regenerateRetiredKey';

/**
 * Regenerates one slot. regenerateKey has no idempotency token: it goes through the journal, and a lost
 * answer is looked for, never sent again blindly. `ready` is the last word before the send, with the
 * keys as they are now.
 */
export async function regenerate(
  tools: Tools,
  run: Run<Regenerating>,
  ready: (keys: KeysInHand, signal: AbortSignal) => Promise<Fault | null>,
): Promise<Came<Regenerating>> {
  const { rotation, salt, ask } = run;
  const account = accountOf(rotation);
  const { slot } = ask;
  const call: Call<KeysInHand, KeyPicture, KeyPicture> = {
    name: run.key,
    rotation: rotation.id,
    look: (signal) => tools.azure.keys.listKeys(account, salt, signal),
    before: (keys) => expected(run, keys.picture),
    compare: (before, keys) => compare(slot, before, keys.picture),
    ready,
    send: (_keys, signal) => tools.azure.keys.regenerateKey(account, slot, salt, signal),
  };
  const sent = await sendOnce(tools, call, run.signal);
  if (sent.ok) {
    const { after, found } = sent.value;
    return answered<Regenerating>({ keys: after, found, by: tools.process });
  }
  const doubtful = sent.error.kind === 'unknownOutcome' && sent.error.inDoubt === undefined;
  return failed<Regenerating>(doubtful ? { ...sent.error, inDoubt: [slot] } : sent.error);
}

/** The keys must be what the approval was about: otherwise nothing is sent. */
function expected(run: Run<Regenerating>, picture: KeyPicture): Result<KeyPicture, Fault> {
  const changed = driftedSlots(run.rotation, picture, slots);
  return changed.length === 0 ? ok(picture) : err(drifted(changed));
}

function compare(slot: Slot, before: KeyPicture, now: KeyPicture): Verdict<KeyPicture> {
  const other = otherSlot(slot);
  if (before[other] !== now[other]) return { is: 'strange', fault: strange(slot) };
  return before[slot] === now[slot] ? { is: 'absent' } : { is: 'happened', after: now };
}

const strange = (slot: Slot): Fault => ({
  kind: 'drifted',
  inDoubt: slots,
  says: `While ${slotName(slot)} was being regenerated, ${slotName(otherSlot(slot))} changed as well. This program asked for one of them only.`,
  remedy:
    'Somebody else is changing the keys of this account. Stop that first (the activity log names them), then press Retry: it looks at both keys anew.',
});
