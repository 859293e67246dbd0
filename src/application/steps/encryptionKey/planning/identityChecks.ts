import type { Check } from '../../../../domain/checks.ts';
import { duration } from '../../../duration.ts';
import type { AccountIdentity, KeyGrant, KeyRight, KeyRights, KeyVault } from '../../../ports/encryption.ts';
import type { Facts } from './facts.ts';
import { seenIn } from './look.ts';
import { sources } from './sources.ts';
import { pass, refuse, unknown, unread, warn } from './verdicts.ts';

/** The account's own identity, which opens the vault: is it there, and may it get, wrap and unwrap? */
export const identityChecks = (facts: Facts): readonly Check[] => [
  identity(facts),
  rights(facts),
  ...kindOpenAi(facts),
];

function identity({ account, opener }: Facts): Check {
  const from = [sources.cmk, sources.sample];
  if (opener !== null)
    return pass('Identity', `${nameOf(opener)} of ${account.name} opens the vault.`, { sources: from });
  const { encryption, identities, name } = account;
  if (encryption.source === 'customer')
    return refuse(
      'Identity',
      encryption.identityClientId === null
        ? `${name} opens its vault with its system-assigned identity, and has none (any more).`
        : `${name} opens its vault with the user-assigned identity ${encryption.identityClientId}, which is not assigned to it (any more).`,
      {
        remedy: 'Give the identity back to the account, with its rights on the key, then check again.',
        sources: from,
      },
    );
  return refuse(
    'Identity',
    identities.length === 0
      ? `${name} has no identity that could open a vault.`
      : `${name} has ${String(identities.length)} identities, so it isn't clear which of them shall open the vault.`,
    {
      remedy:
        identities.length === 0
          ? 'Switch on its system-assigned identity and give that get, wrap and unwrap on the key, then check again.'
          : 'Leave the one that shall open the vault, or set up the first key in the Azure portal.',
      sources: from,
    },
  );
}

const nameOf = ({ clientId, name }: AccountIdentity): string =>
  clientId === null ? 'The system-assigned identity' : `The user-assigned identity ${name}`;

const name = 'Rights on the key';
const from = [sources.cmk, sources.roles, sources.openAi];
const grantIt =
  'Grant it on the key or its vault, before anything else: the role Key Vault Crypto User (named by the page), or Key Vault Crypto Service Encryption User (narrower); in a vault with access policies get, wrapKey and unwrapKey.';

function rights({ rights: look, opener, now, vault }: Facts): Check {
  if (opener === null) return unknown(name, 'Without an identity there are no rights to look at.');
  if (look === null) return unknown(name, 'The vault could not be read, so its rights could not be either.');
  if ('unseen' in look) return unread(name, 'unknown', look.unseen);
  return judged(look.seen, opener, now, seenIn(vault));
}

function judged(found: KeyRights, opener: AccountIdentity, now: number, vault: KeyVault | null): Check {
  if (!found.known)
    return unknown(name, "The local roles of a Managed HSM can't be seen from outside; Azure will judge.", {
      remedy: 'See in the HSM that the identity has Managed HSM Crypto User on the key.',
      sources: [sources.cmk],
    });
  if (found.missing.length > 0)
    return refuse(
      name,
      `${nameOf(opener)} (object id ${opener.objectId}) lacks ${found.missing.join(', ')} on the key.`,
      {
        remedy: grantIt,
        sources: from,
      },
    );
  const best = needed.map((right) => bestOf(found.grants, right));
  const conditional = best.find((grant) => grant?.conditional === true);
  if (conditional)
    return unknown(name, `${conditional.by} gives it under a condition, which only Azure can judge.`, {
      remedy: 'Grant it without a condition, or see that the condition lets the account in.',
      sources: from,
    });
  const since = Math.max(...best.map((grant) => grant?.since ?? -Infinity));
  const by = [...new Set(best.flatMap((grant) => (grant === undefined ? [] : [grant.by])))].join(' and ');
  if (now - since < takesEffectWithin)
    return warn(
      name,
      `${nameOf(opener)} was given ${by} ${duration(now - since)} ago, and a new grant can take 10 minutes to count.`,
      {
        remedy: 'You may go on: if Azure does not honour it yet, I wait and try again.',
        sources: from,
      },
    );
  const how =
    vault?.access === 'accessPolicies' ? 'The vault goes by access policies.' : 'The vault goes by roles.';
  return pass(name, `${nameOf(opener)} may get, wrap and unwrap by ${by}. ${how}`, { sources: from });
}

const needed: readonly KeyRight[] = ['get', 'wrapKey', 'unwrapKey'];

/** Until a role counts everywhere. Source: terraform-provider-azurerm#32855, "wait 5-10 min". */
const takesEffectWithin = 10 * 60_000;

/** Of several grants of one right the one that is surest to count: without a condition, and the oldest. */
const bestOf = (grants: readonly KeyGrant[], right: KeyRight): KeyGrant | undefined =>
  grants
    .filter((grant) => grant.right === right)
    .toSorted((a, b) => Number(a.conditional) - Number(b.conditional) || (a.since ?? 0) - (b.since ?? 0))[0];

/** One page knows less for accounts of the kind OpenAI than the others allow. */
function kindOpenAi({ account, opener, vault }: Facts): readonly Check[] {
  const where = seenIn(vault);
  if (account.kind !== 'OpenAI' || where === null) return [];
  const byPolicy = where.access === 'accessPolicies';
  const bySystem = opener?.clientId === null;
  if (byPolicy && bySystem)
    return [
      pass('Kind OpenAI', 'Access policies and the system-assigned identity, as its page asks.', {
        sources: [sources.openAi],
      }),
    ];
  return [
    warn(
      'Kind OpenAI',
      `For accounts of the kind OpenAI one page knows access policies and the system-assigned identity only; here it is ${byPolicy ? 'access policies' : 'roles'} and ${bySystem ? 'the system-assigned identity' : 'a user-assigned identity'}. The newest page makes no such difference.`,
      { sources: [sources.openAi, sources.cmk] },
    ),
  ];
}
