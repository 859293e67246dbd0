import type { Fault } from '../../../domain/faults.ts';
import type { Fingerprint } from '../../../domain/ids.ts';
import { otherSlot, type Slot, slotName } from '../../../domain/apiKeys/plan.ts';
import { err, ok, type Result } from '../../../domain/result.ts';
import type { KeysInHand, SecretInHand } from '../../ports/azure.ts';
import { type Call, sendOnce, type Verdict } from '../../sendOnce.ts';
import { answered, type Came, failed, type Run, type StepRunner, type Tools } from '../../step.ts';
import { listExpected, notProved, planOf, prove, withoutDoubt } from './keys.ts';

type Registered = Extract<
  Run<'giveConsumers'>['rotation']['consumers'][number]['registered'],
  { kind: 'keyVaultSecret' }
>;
type SecretPicture = Readonly<{ version: string; fingerprint: Fingerprint }>;

/**
 * Writes a slot's key into the vault secrets of consumers, each as a new version. First the keys are
 * listed again: the slot must hold what the record says and answer 200, and so must the other slot
 * while it is alive. A secret is overwritten only when its value is exactly one slot's key.
 * Given is not moved: receipts come from the consumers themselves.
 */
export const giveConsumers: StepRunner<'giveConsumers'> = async (tools, run) => {
  const { rotation, ask, signal } = run;
  const other = otherSlot(ask.slot);
  const otherCounts = rotation.slots?.[other].condition === 'live';
  const slots = otherCounts ? [ask.slot, other] : [ask.slot];
  const listed = await listExpected(tools, run, withoutDoubt(rotation, slots));
  if (!listed.ok) return failed<'giveConsumers'>(listed.error);
  const keys = listed.value;
  const unanswered = await whyUnanswered(tools, run, keys, slots);
  if (unanswered !== null) return unanswered;
  const given: { consumer: string; version: string }[] = [];
  const refused: { consumer: string; fault: Fault }[] = [];
  for (const { registered } of rotation.consumers) {
    if (registered.kind !== 'keyVaultSecret' || !ask.consumers.includes(registered.name)) continue;
    signal.throwIfAborted();
    const written = await giveOne(tools, run, keys, registered);
    if (written.ok) given.push({ consumer: registered.name, version: written.value });
    else refused.push({ consumer: registered.name, fault: written.error });
  }
  return answered<'giveConsumers'>({ keys: keys.picture, given, failed: refused });
};

/** Why nobody may be given this slot's key now: it, or the other one while it is alive, doesn't answer. */
async function whyUnanswered(
  tools: Tools,
  { rotation, ask, attempt, signal }: Run<'giveConsumers'>,
  keys: KeysInHand,
  slots: readonly Slot[],
): Promise<Came<'giveConsumers'> | null> {
  if (!planOf(rotation).proof.possible) return null;
  for (const slot of slots) {
    // A slot that was proved a moment ago needs one more answer; a regenerated one needs the whole proof.
    const sure = attempt === 1 && rotation.slots?.[slot].condition === 'live';
    const answers = sure ? 1 : tools.timing.proofAnswers;
    const refused = await prove(tools, keys, slot, answers, signal);
    if (refused !== null) return failed<'giveConsumers'>(notProved(slot, refused, slot !== ask.slot));
  }
  return null;
}

async function giveOne(
  tools: Tools,
  run: Run<'giveConsumers'>,
  keys: KeysInHand,
  { name, vault, secret }: Registered,
): Promise<Result<string, Fault>> {
  const { slot } = run.ask;
  const { secrets } = tools.azure;
  const wanted = keys.picture[slot];
  const present = await secrets.read(vault, secret, run.salt, run.signal);
  const call: Call<SecretInHand, SecretPicture, string> = {
    // Another value is another write: one that was given before a key changed again doesn't stand for it.
    name: `${run.key}/${name}/${wanted.slice(0, 16)}`,
    rotation: run.rotation.id,
    look: (signal) => secrets.read(vault, secret, run.salt, signal),
    before: (seen) => replaceable(name, slot, keys, seen),
    compare: (before, seen) => compare(name, before, seen, wanted),
    send: async (seen, signal) => {
      const written = await secrets.give(vault, secret, keys.sealed(slot), seen.version, signal);
      return written.ok
        ? ok({ version: written.value.version, fingerprint: wanted, enabled: true })
        : written;
    },
  };
  const known = await tools.journal.find(call.name);
  // Already there (an earlier run, or its owner did it by hand): nothing to write.
  if (known === null && present.ok && present.value.fingerprint === wanted) return ok(present.value.version);
  const sent = await sendOnce(tools, call, run.signal);
  return sent.ok ? ok(sent.value.after) : sent;
}

/** A secret whose value is exactly one slot's key may be replaced; a connection string or a stranger's value never. */
function replaceable(
  name: string,
  slot: Slot,
  keys: KeysInHand,
  { version, fingerprint }: SecretInHand,
): Result<SecretPicture, Fault> {
  if (fingerprint === keys.picture[otherSlot(slot)]) return ok({ version, fingerprint });
  return err({
    kind: 'refused',
    says: `The secret of ${name} holds a value that is neither Key 1 nor Key 2 (a connection string, perhaps, or another account's key), so it was not overwritten.`,
    remedy: `Put ${slotName(slot)} into it by hand and press Retry.`,
  });
}

function compare(
  name: string,
  before: SecretPicture,
  seen: SecretInHand,
  wanted: Fingerprint,
): Verdict<string> {
  if (seen.fingerprint === wanted) return { is: 'happened', after: seen.version };
  if (seen.version === before.version) return { is: 'absent' };
  return {
    is: 'strange',
    fault: {
      kind: 'drifted',
      says: `The secret of ${name} got another new version while it was being written.`,
      remedy: 'Find out who writes to it (the audit log of the vault names them), then press Retry.',
    },
  };
}
