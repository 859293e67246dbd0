import type { GuardState } from '../../../domain/encryptionKey/guarded.ts';
import { type KeyAddress, sameKey } from '../../../domain/encryptionKey/key.ts';
import type { RotationId } from '../../../domain/ids.ts';
import { answered, type Run, type StepRunner, type Tools } from '../../step.ts';
import { accountOf } from './rotation.ts';

type Seen = Readonly<{ key: KeyAddress; state: GuardState; expires: number | null }>;

/** Looks at every version that must stay enabled, once. One that can't be looked at now says nothing of its state. */
export const watchGuarded: StepRunner<'watchGuarded'> = async (tools, run) => {
  const handedOver = await successorOf(tools, run);
  const seen: Seen[] = [];
  for (const key of run.ask.versions) {
    run.signal.throwIfAborted();
    seen.push({ key, ...(await stateOf(tools, key, run.signal)) });
  }
  return answered<'watchGuarded'>({ seen, ...(handedOver === undefined ? {} : { handedOver }) });
};

/** A later rotation of the account that watches over all of these versions too: then one look at each is enough. */
async function successorOf(
  { guards }: Tools,
  { rotation, ask }: Run<'watchGuarded'>,
): Promise<RotationId | undefined> {
  const all = await guards.of(accountOf(rotation).id);
  return all.find(
    (guard) =>
      guard.rotation !== rotation.id &&
      guard.at > rotation.request.at &&
      guard.watching &&
      ask.versions.every((key) => guard.versions.some((one) => sameKey(one, key))),
  )?.rotation;
}

async function stateOf(
  { encryption, clock }: Tools,
  key: KeyAddress,
  signal: AbortSignal,
): Promise<Omit<Seen, 'key'>> {
  const read = await encryption.keys.read(key, signal);
  if (read.ok) {
    const { enabled, expires } = read.value;
    const expired = expires !== null && expires <= clock.now();
    return { state: !enabled ? 'disabled' : expired ? 'expired' : 'enabled', expires };
  }
  // a vault that is gone has no address any more: ARM says whether it is that
  if (read.error.kind === 'unreachable' || read.error.kind === 'unknownOutcome') {
    const vault = await encryption.vaults.at(key.vault, signal);
    const gone = !vault.ok && vault.error.kind === 'missing';
    return { state: gone ? 'deleted' : 'unreadable', expires: null };
  }
  return { state: read.error.kind === 'missing' ? 'deleted' : 'unreadable', expires: null };
}
