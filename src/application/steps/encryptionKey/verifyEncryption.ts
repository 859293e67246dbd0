import type { Difference } from '../../../domain/encryptionKey/guarded.ts';
import { keyName } from '../../../domain/encryptionKey/key.ts';
import type { Fault } from '../../../domain/faults.ts';
import { err, type Result } from '../../../domain/result.ts';
import type { EncryptedAccount } from '../../ports/encryption.ts';
import { lookAgainWhile } from '../../sendOnce.ts';
import { answered, failed, type Run, type StepRunner, type Tools } from '../../step.ts';
import { answerOfDataPlane } from './dataPlane.ts';
import { accountOf, names, planOf } from './rotation.ts';

/**
 * The account names the new key and nothing else of it has changed, and its data plane answers. Whatever else
 * changed halts once, so that a person looks; after Retry it is given back and kept in the record.
 */
export const verifyEncryption: StepRunner<'verifyEncryption'> = async (tools, run) => {
  const account = await lookAgainWhile(tools, () => asWanted(tools, run), run.signal);
  if (!account.ok) return failed<'verifyEncryption'>(account.error);
  const { fields } = account.value;
  const differences = differencesOf(planOf(run.rotation).before, fields);
  if (differences.length > 0 && run.attempt === 1)
    return failed<'verifyEncryption'>(changedToo(run, differences));
  const dataPlane = await answerOfDataPlane(tools, run, account.value);
  if (!dataPlane.ok) return failed<'verifyEncryption'>(dataPlane.error);
  return answered<'verifyEncryption'>({ differences, dataPlane: dataPlane.value });
};

async function asWanted(
  { encryption }: Tools,
  { rotation, ask, signal }: Run<'verifyEncryption'>,
): Promise<Result<EncryptedAccount, Fault>> {
  const { id, name } = accountOf(rotation);
  const { to, version } = ask;
  const read = await encryption.accounts.read(id, signal);
  if (!read.ok) return read;
  const { provisioningState } = read.value;
  if (!names(read.value, to))
    return err(notSo(`${name} does not name ${keyName(to)}, although Azure said that it was done.`));
  if (provisioningState !== 'Succeeded')
    return err(notSo(`${name} names ${keyName(to)}, but is in the state "${provisioningState}".`));
  if (to.version !== '') return read;
  // it follows: then the newest version is the one that counts
  const newest = await encryption.keys.read(to, signal);
  if (!newest.ok) return newest;
  return newest.value.version.toLowerCase() === version.version.toLowerCase()
    ? read
    : err(
        notSo(
          `${name} follows the newest version of ${to.name}, and that is ${keyName({ ...to, version: newest.value.version })} by now, not ${keyName(version)}: somebody, or the vault's rotation policy, made another one.`,
        ),
      );
}

const notSo = (says: string): Fault => ({
  kind: 'drifted',
  says,
  remedy:
    'The activity log of the account names who changed what. Press Retry to look again. Every version that it used must stay enabled.',
});

const ofEncryption = 'properties.encryption';

/** Every field that isn't what it was, beside the encryption, by name. */
export function differencesOf(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): readonly Difference[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((field) => field !== ofEncryption && !field.startsWith(`${ofEncryption}.`))
    .filter((field) => before[field] !== after[field])
    .sort()
    .map((field) => ({ field, before: before[field] ?? null, after: after[field] ?? null }));
}

function changedToo({ rotation }: Run<'verifyEncryption'>, differences: readonly Difference[]): Fault {
  const told = differences
    .slice(0, mostTold)
    .map(({ field, before, after }) => `${field}: ${before ?? 'absent'} → ${after ?? 'absent'}`);
  const more = differences.length > mostTold ? `; and ${String(differences.length - mostTold)} more` : '';
  return {
    kind: 'drifted',
    says: `${accountOf(rotation).name} uses the new key, but something else of it changed since the plan, which this rotation didn't ask for: ${told.join('; ')}${more}.`,
    remedy:
      'If that is as it should be, press Retry: it goes on and the record keeps the difference. Otherwise put it right first.',
  };
}

const mostTold = 6;
