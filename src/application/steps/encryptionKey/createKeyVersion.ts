import { type KeyAddress, keyName, shortVersion } from '../../../domain/encryptionKey/key.ts';
import type { Making } from '../../../domain/encryptionKey/target.ts';
import type { Fault } from '../../../domain/faults.ts';
import { err, ok, type Result } from '../../../domain/result.ts';
import type { KeyVersion } from '../../ports/encryption.ts';
import { type Call, sendOnce, type Verdict } from '../../sendOnce.ts';
import { answered, failed, type Run, type StepRunner, type Tools } from '../../step.ts';
import { accountOf, isBusy, planOf, sameEncryption } from './rotation.ts';

/** Carries the rotation's id: a version that was made by it is recognised, also when the answer was lost. */
const tag = 'keysmith';

type Versions = readonly KeyVersion[];

/**
 * Makes a key, or a new version of one, once. The creation has no idempotency token: it goes through the
 * journal, and a lost answer is looked for among the versions, by the tag that it was given.
 */
export const createKeyVersion: StepRunner<'createKeyVersion'> = async (tools, run) => {
  const { rotation, ask, key } = run;
  const { making } = ask;
  const call: Call<Versions, readonly string[], KeyAddress> = {
    name: key,
    rotation: rotation.id,
    look: (signal) => versionsOf(tools, making, signal),
    before: (seen) => asPlanned(making, seen),
    compare: (before, seen) => compare(rotation.id, making, before, seen),
    ready: (_seen, signal) => whyNotYet(tools, run, signal),
    send: async (seen, signal) => {
      const made = await tools.encryption.keys.create(
        making.vault,
        making.name,
        {
          type: making.type,
          bits: making.bits,
          operations: await operationsFor(tools, making, signal),
          expires: making.expires,
          tags: { [tag]: rotation.id },
        },
        signal,
      );
      return made.ok ? ok([made.value, ...seen]) : made;
    },
  };
  const sent = await sendOnce(tools, call, run.signal);
  if (!sent.ok) return failed<'createKeyVersion'>(sent.error);
  return answered<'createKeyVersion'>({ key: sent.value.after, found: sent.value.found });
};

/** A key that isn't there has no versions; one that should be there and isn't is a fault. */
async function versionsOf(
  { encryption }: Tools,
  { vault, name, existing }: Making,
  signal: AbortSignal,
): Promise<Result<Versions, Fault>> {
  const listed = await encryption.keys.versions(vault, name, signal);
  return !listed.ok && listed.error.kind === 'missing' && existing.length === 0 ? ok([]) : listed;
}

/** The versions must be those that the approval was about. */
function asPlanned({ name, existing }: Making, seen: Versions): Result<readonly string[], Fault> {
  const now = seen.map(({ version }) => version);
  const added = now.filter((version) => !existing.includes(version));
  const lost = existing.filter((version) => !now.includes(version));
  if (added.length === 0 && lost.length === 0) return ok(now);
  return err({
    kind: 'drifted',
    says: `The versions of ${name} are not those that were approved: ${[
      ...added.map((version) => `${shortVersion(version)} was added by somebody else`),
      ...lost.map((version) => `${shortVersion(version)} is gone`),
    ].join(', ')}. Nothing was made.`,
    remedy:
      'Find out who changes this key (the audit log of the vault names them), then press Retry: everything is checked anew and voted on again.',
  });
}

function compare(
  rotation: string,
  { vault, name }: Making,
  before: readonly string[],
  seen: Versions,
): Verdict<KeyAddress> {
  const added = seen.filter(({ version }) => !before.includes(version));
  const own = added.find(({ tags }) => tags[tag] === rotation);
  if (own) return { is: 'happened', after: { vault, name, version: own.version } };
  const [other] = added;
  if (!other) return { is: 'absent' };
  return {
    is: 'strange',
    fault: {
      kind: 'drifted',
      says: `While a version of ${name} was being made, ${keyName({ vault, name, version: other.version })} came into being, which is not this rotation's: it lacks the tag.`,
      remedy:
        'Find out who made it (the audit log of the vault names them), then press Retry: everything is checked anew and voted on again.',
    },
  };
}

/**
 * Where the account follows its key, making the version is the switch: then the account must still be what was
 * approved, just before.
 */
async function whyNotYet(
  { encryption }: Tools,
  { rotation }: Run<'createKeyVersion'>,
  signal: AbortSignal,
): Promise<Fault | null> {
  const plan = planOf(rotation);
  if (!plan.follows) return null;
  const { id, name } = accountOf(rotation);
  const account = await encryption.accounts.read(id, signal);
  if (!account.ok) return account.error;
  if (!sameEncryption(account.value.encryption, plan.from))
    return {
      kind: 'drifted',
      says: `${name} doesn't follow its key any more: somebody changed its encryption since the approval. Nothing was made.`,
      remedy:
        'Find out who changed it (the activity log names them), then press Retry: everything is checked anew and voted on again.',
    };
  return isBusy(account.value)
    ? {
        kind: 'conflict',
        says: `${name} is in the state "${account.value.provisioningState}": somebody is changing it right now. Nothing was made.`,
        remedy: 'Wait until its state is Succeeded, then press Retry.',
      }
    : null;
}

/** An account needs two; others who use the key keep what its current version lets them do. */
async function operationsFor(
  { encryption }: Tools,
  { vault, name, existing }: Making,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const needed = ['wrapKey', 'unwrapKey'];
  if (existing.length === 0) return needed;
  const current = await encryption.keys.read({ vault, name, version: '' }, signal);
  if (!current.ok || !current.value.type.startsWith('RSA')) return needed;
  return [...new Set([...current.value.operations, ...needed])];
}
