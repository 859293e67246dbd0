import type { KeyAddress } from '../../../domain/encryptionKey/key.ts';
import type { Found } from '../../../domain/encryptionKey/plan.ts';
import type { Fault } from '../../../domain/faults.ts';
import { err, ok, type Result } from '../../../domain/result.ts';
import type { StepAnswer } from '../../../domain/steps.ts';
import type { EncryptedAccount } from '../../ports/encryption.ts';
import { answered, type Came, failed, type StepRunner, type Tools } from '../../step.ts';
import { findAccount, isLasting } from '../findAccount.ts';
import { candidatesIn } from './planning/candidates.ts';
import { sameRegion } from './planning/region.ts';

type Refused = Extract<StepAnswer['lookAtEncryption'], { safe: false }>;

const refuse = (refused: Omit<Refused, 'safe'>): Came<'lookAtEncryption'> =>
  answered<'lookAtEncryption'>({ safe: false, ...refused });

/** A rotation that is refused here is over: it has no Retry. */
const faulty = (fault: Fault): Came<'lookAtEncryption'> =>
  isLasting(fault)
    ? refuse({ says: fault.says, remedy: fault.remedy.replace('press Retry', 'ask again') })
    : failed<'lookAtEncryption'>(fault);

/** Finds the account and the keys that can be chosen for it. Judges none of them: that is `checkKey`. */
export const lookAtEncryption: StepRunner<'lookAtEncryption'> = async (tools, { ask, signal }) => {
  const search = await findAccount(tools, ask.account, signal);
  if (!search.ok) return 'fault' in search.error ? faulty(search.error.fault) : refuse(search.error);
  const account = search.value;
  const read = await tools.encryption.accounts.read(account.id, signal);
  if (!read.ok) return faulty(read.error);
  const { encryption } = read.value;
  const inUse = await versionInUse(tools, read.value, signal);
  if (!inUse.ok) return faulty(inUse.error);
  const vaults = await vaultsFor(tools, read.value, signal);
  if (!vaults.ok) return faulty(vaults.error);
  const candidates = await candidatesIn(
    tools,
    vaults.value.map(({ address }) => address),
    inUse.value,
    signal,
  );
  if (!candidates.ok) return faulty(candidates.error);
  const rules = tools.policies.rulesFor(account);
  const found: Found = {
    account,
    encryption,
    inUse: inUse.value,
    vaults: vaults.value,
    ...candidates.value,
    newKey: rules.encryption,
  };
  return answered<'lookAtEncryption'>({ safe: true, found, rules });
};

/** Where the account follows its key, the newest version; without one when that can't be read, which `checkKey` refuses. */
async function versionInUse(
  { encryption: { keys } }: Tools,
  { encryption }: EncryptedAccount,
  signal: AbortSignal,
): Promise<Result<KeyAddress | null, Fault>> {
  if (encryption.source === 'microsoft') return ok(null);
  const { key } = encryption;
  if (key.version !== '') return ok(key);
  const newest = await keys.read(key, signal);
  if (newest.ok) return ok({ ...key, version: newest.value.version });
  return isLasting(newest.error) ? ok(key) : err(newest.error);
}

/** How many vaults a first key may be chosen from. */
const mostVaults = 8;

/** The account's own vault; without one, those that could become it as far as ARM shows. */
async function vaultsFor(
  { encryption: { vaults } }: Tools,
  { encryption, location, tenant }: EncryptedAccount,
  signal: AbortSignal,
): Promise<Result<Found['vaults'], Fault>> {
  if (encryption.source === 'customer') {
    const address = encryption.key.vault;
    const own = await vaults.at(address, signal);
    if (own.ok) return ok([{ address, name: own.value.name }]);
    // it is chosen from all the same: what is wrong with it, `checkKey` says
    return isLasting(own.error) ? ok([{ address, name: hostOf(address) }]) : own;
  }
  const listed = await vaults.list(signal);
  if (!listed.ok) return listed;
  return ok(
    listed.value.vaults
      .filter((vault) => vault.softDelete && vault.purgeProtection && sameRegion(vault.location, location))
      .filter((vault) => tenant === null || vault.tenant.toLowerCase() === tenant.toLowerCase())
      .toSorted((a, b) => a.name.localeCompare(b.name))
      .slice(0, mostVaults)
      .map(({ address, name }) => ({ address, name })),
  );
}

const hostOf = (address: string): string => URL.parse(address)?.hostname.split('.')[0] ?? address;
