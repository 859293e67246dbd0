import type { KeyAddress } from '../../../domain/encryptionKey/key.ts';
import type { EncryptionPlan } from '../../../domain/encryptionKey/plan.ts';
import { answered, failed, type StepRunner } from '../../step.ts';
import { accountChecks } from './planning/accountChecks.ts';
import { type Facts, factsFor, follows } from './planning/facts.ts';
import { identityChecks } from './planning/identityChecks.ts';
import { keyChecks } from './planning/keyChecks.ts';
import { seenIn } from './planning/look.ts';
import { followersIn, sharingChecks } from './planning/sharingChecks.ts';
import { vaultChecks } from './planning/vaultChecks.ts';

/** The whole preflight of one choice: every check with its verdict, and what exactly would be done. Changes nothing. */
export const checkKey: StepRunner<'checkKey'> = async (tools, run) => {
  const facts = await factsFor(tools, run);
  if (!facts.ok) return failed<'checkKey'>(facts.error);
  return answered<'checkKey'>({ plan: planFrom(facts.value) });
};

function planFrom(facts: Facts): EncryptionPlan {
  const { account, choice, opener, making } = facts;
  const from = account.encryption;
  return {
    choice,
    from,
    previous: previousOf(facts),
    making,
    to: toOf(facts),
    follows: follows(facts),
    identityClientId: from.source === 'customer' ? from.identityClientId : (opener?.clientId ?? null),
    oneWay: from.source === 'microsoft',
    followers: followersIn(facts),
    checks: [
      ...vaultChecks(facts),
      ...keyChecks(facts),
      ...identityChecks(facts),
      ...accountChecks(facts),
      ...sharingChecks(facts),
    ],
    before: account.fields,
  };
}

/** The version that the data is encrypted with now: where the account follows, the newest one. */
function previousOf({ account: { encryption }, previous }: Facts): KeyAddress | null {
  if (encryption.source === 'microsoft') return null;
  const { key } = encryption;
  return { ...key, version: key.version === '' ? (seenIn(previous)?.version ?? '') : key.version };
}

/** Without a version where it isn't made yet. The vault's address as Azure spells it, since that is what the account will name. */
function toOf({ target, key, choice, vault, account: { encryption } }: Facts): KeyAddress {
  const spelt = seenIn(vault)?.address ?? target?.vault ?? '';
  const version =
    choice.of !== 'existing'
      ? ''
      : choice.key.version === ''
        ? (seenIn(key)?.version ?? '')
        : choice.key.version;
  if (choice.of === 'newVersion' && encryption.source === 'customer') return { ...encryption.key, version };
  return { vault: spelt, name: seenIn(key)?.name ?? target?.name ?? '', version };
}
