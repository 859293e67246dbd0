import { type Encryption, keyName } from '../../../domain/encryptionKey/key.ts';
import type { Fault } from '../../../domain/faults.ts';
import { err, ok, type Result } from '../../../domain/result.ts';
import type { EncryptedAccount } from '../../ports/encryption.ts';
import { type Call, sendOnce, type Verdict } from '../../sendOnce.ts';
import { answered, failed, type Run, type StepRunner, type Tools } from '../../step.ts';
import { accountOf, isBusy, sameEncryption, whyUnusable } from './rotation.ts';

type Pointing = Run<'pointAccountAtKey'>;
/** `operation`: what Azure named when it accepted; null of a look. */
type Seen = Readonly<{ account: EncryptedAccount; operation: string | null }>;
type Accepted = Readonly<{ operation: string | null }>;

/**
 * Points the account at a key with one PATCH, whose body says the same whatever came before. It goes through the
 * journal: after a crash or a lost answer the account is looked at. The wanted key there, also while Azure is still
 * wrapping, is adopted; the key from before means that the same body is sent again.
 */
export const pointAccountAtKey: StepRunner<'pointAccountAtKey'> = async (tools, run) => {
  const { rotation, key, signal } = run;
  if ((await tools.journal.find(key)) === null) {
    const read = await tools.encryption.accounts.read(accountOf(rotation).id, signal);
    if (!read.ok) return failed<'pointAccountAtKey'>(read.error);
    if (isThere(run, read.value)) return answered<'pointAccountAtKey'>({ operation: null, found: 'unsent' });
  }
  const sent = await sendOnce(tools, callFor(tools, run), signal);
  if (sent.ok)
    return answered<'pointAccountAtKey'>({ operation: sent.value.after.operation, found: sent.value.found });
  const until = await busyUntil(tools, run, sent.error);
  return until === null ? failed<'pointAccountAtKey'>(sent.error) : { to: 'later', at: until };
};

function callFor(tools: Tools, run: Pointing): Call<Seen, Encryption, Accepted> {
  const { to, identityClientId } = run.ask;
  return {
    name: run.key,
    rotation: run.rotation.id,
    look: (signal) => lookWhenSettled(tools, run, signal),
    before: ({ account }) => asExpected(run, account),
    compare: (before, seen) => compare(run, before, seen),
    ready: (_seen, signal) => whyUnfitNow(tools, run, signal),
    send: async ({ account }, signal) => {
      const target = { key: to, identityClientId };
      const accepted = await tools.encryption.accounts.pointAtKey(account, target, signal);
      if (!accepted.ok) return accepted;
      const pointed = { ...account, encryption: wanted(run), provisioningState: 'Accepted' };
      return ok({ account: pointed, operation: accepted.value.operation });
    },
  };
}

const wanted = ({ ask: { to, identityClientId } }: Pointing): Encryption => ({
  source: 'customer',
  key: to,
  identityClientId,
});

/** It points there, or is on its way. After a change that failed, an account may show the key that it didn't get. */
const isThere = (run: Pointing, account: EncryptedAccount): boolean =>
  sameEncryption(account.encryption, wanted(run)) &&
  (account.provisioningState === 'Succeeded' || isBusy(account));

const busyCode = 'AccountBusy';

/**
 * The account when nothing goes on there. While somebody else's change is under way nobody can say what it will
 * be, so it is looked at again over the settle window; our own change shows the wanted key and is no reason to wait.
 */
async function lookWhenSettled(
  { encryption, pause, timing }: Tools,
  run: Pointing,
  signal: AbortSignal,
): Promise<Result<Seen, Fault>> {
  const { id, name } = accountOf(run.rotation);
  const looks = Math.max(2, timing.settleLooks);
  for (let count = 1; ; count += 1) {
    const read = await encryption.accounts.read(id, signal);
    if (!read.ok) return read;
    const account = read.value;
    if (!isBusy(account) || isThere(run, account)) return ok({ account, operation: null });
    if (count >= looks) return err(busy(name, account.provisioningState));
    await pause(timing.settleWindow / (looks - 1), signal);
  }
}

const busy = (name: string, state: string): Fault => ({
  kind: 'conflict',
  code: busyCode,
  says: `${name} is in the state "${state}": Azure is changing it right now, and this rotation did not ask for it.`,
  remedy:
    'Nothing was sent. See in the activity log who is changing it, wait until it is over, then press Retry.',
});

/**
 * A request whose answer was lost may be what keeps the account busy, if Azure shows the old key until it is done.
 * So that is waited for, as long as a wrap may take; null when it isn't that, or took too long.
 */
async function busyUntil(
  { journal, clock }: Tools,
  { key, rotation }: Pointing,
  fault: Fault,
): Promise<number | null> {
  if (fault.code !== busyCode) return null;
  const known = await journal.find(key);
  const { wrapPatience, wrapEvery } = rotation.rules.timing;
  const now = clock.now();
  return known?.state === 'started' && now < known.startedAt + wrapPatience ? now + wrapEvery : null;
}

/** Only what was approved, or what this rotation itself made of it, may be changed. */
function asExpected(run: Pointing, { encryption }: EncryptedAccount): Result<Encryption, Fault> {
  const { ask, rotation } = run;
  // the wanted key is there when a change to it failed and Azure didn't take it back
  const allowed = [...ask.from, wanted(run)];
  if (allowed.some((one) => sameEncryption(one, encryption))) return ok(encryption);
  return err({
    kind: 'drifted',
    says: `${accountOf(rotation).name} is encrypted with ${described(encryption)} now, and not with ${ask.from.map(described).join(' or ')} any more: somebody else changed it. Nothing was sent.`,
    remedy:
      'Find out who changed it (the activity log of the account names them), then press Retry: it looks at everything anew.',
  });
}

const described = (encryption: Encryption): string =>
  encryption.source === 'microsoft' ? 'a Microsoft-managed key' : keyName(encryption.key);

function compare(run: Pointing, before: Encryption, { account, operation }: Seen): Verdict<Accepted> {
  const there = sameEncryption(account.encryption, wanted(run));
  // on the way to where it was before: a change that failed can leave the wanted key in the picture
  if (there && (!sameEncryption(before, wanted(run)) || isThere(run, account)))
    return { is: 'happened', after: { operation } };
  if (sameEncryption(account.encryption, before)) return { is: 'absent' };
  return {
    is: 'strange',
    fault: {
      kind: 'drifted',
      says: `While ${account.name} was being pointed at ${keyName(run.ask.to)}, it came to ${described(account.encryption)}: somebody else is changing its encryption.`,
      remedy:
        'Stop that first (the activity log of the account names them), then press Retry: it looks at everything anew.',
    },
  };
}

/** The last word before the PATCH: the vault is there, and the version can be used. */
async function whyUnfitNow(
  { encryption, clock }: Tools,
  { ask, rotation }: Pointing,
  signal: AbortSignal,
): Promise<Fault | null> {
  const { to } = ask;
  const { name } = accountOf(rotation);
  const unchanged = `${name} was not changed.`;
  const vault = await encryption.vaults.at(to.vault, signal);
  if (!vault.ok) return { ...vault.error, says: `${vault.error.says} ${unchanged}` };
  const read = await encryption.keys.read(to, signal);
  if (!read.ok) {
    if (read.error.kind !== 'missing') return { ...read.error, says: `${read.error.says} ${unchanged}` };
    const deleted = await encryption.keys.deleted(to.vault, to.name, signal);
    const recoverable = deleted.ok && deleted.value !== null;
    return {
      kind: 'missing',
      says: recoverable
        ? `The key ${to.name} was deleted since the check; it can still be recovered. ${unchanged}`
        : `${keyName(to)} is not in the vault any more. ${unchanged}`,
      remedy: recoverable
        ? `Recover ${to.name} in its vault, then press Retry. Or cancel.`
        : 'Find out what became of it, then press Retry. Or cancel and choose another key.',
    };
  }
  const trouble = whyUnusable(read.value, clock.now());
  const lacking = ['wrapKey', 'unwrapKey'].filter((one) => !read.value.operations.includes(one));
  if (trouble === null && lacking.length === 0) return null;
  return {
    kind: 'refused',
    says: `${keyName(to)} ${trouble ?? `doesn't permit ${lacking.join(' and ')}`}; when it was checked it could be used. ${unchanged}`,
    remedy:
      'Find out who changed it and why. When it can be used again, press Retry; or cancel and choose another.',
  };
}
