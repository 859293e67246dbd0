import type { Check } from '../../../../domain/checks.ts';
import { sameVault } from '../../../../domain/encryptionKey/key.ts';
import type { KeyVault } from '../../../ports/encryption.ts';
import type { Facts } from './facts.ts';
import { seenIn } from './look.ts';
import { sameRegion } from './region.ts';
import { sources } from './sources.ts';
import { pass, refuse, unknown, unread, warn } from './verdicts.ts';

/** The vault itself: is it the right one, is it there, and may a key of it hold an account's data? */
export function vaultChecks(facts: Facts): readonly Check[] {
  const { vault } = facts;
  if (vault === null) return [];
  const there = seenIn(vault);
  if (there !== null)
    return [
      sameOne(facts),
      kind(there),
      protection(there),
      region(facts, there),
      tenant(facts, there),
      firewall(there),
    ];
  return [
    sameOne(facts),
    'unseen' in vault ? unread('Vault found', 'refuse', vault.unseen) : unknown('Vault found', ''),
    ...['Vault protection', 'Region', 'Tenant', 'Firewall'].map((name) =>
      unknown(name, 'The vault could not be read.'),
    ),
  ];
}

function sameOne({ account: { encryption, name }, target }: Facts): Check {
  const from = [sources.rotateKeys, sources.cmk];
  if (encryption.source === 'microsoft')
    return pass(
      'Same vault',
      `${name} has no vault yet: the first one that it is given stays its only one.`,
      {
        sources: from,
      },
    );
  return sameVault(encryption.key.vault, target?.vault ?? '')
    ? pass('Same vault', "The key is in the account's own vault.", { sources: from })
    : refuse(
        'Same vault',
        `The key is in another vault than ${encryption.key.vault}, which ${name} uses. Azure can't move an account to another vault.`,
        { remedy: "Choose a key of the account's own vault, or have a new one made there.", sources: from },
      );
}

function kind({ kind: what, name }: KeyVault): Check {
  if (what === 'vault') return pass('Vault found', `${name} is an Azure Key Vault.`);
  return warn(
    'Vault found',
    `${name} is a Managed HSM. The newest page allows it, the older ones speak of Azure Key Vault only. Its local roles can't be seen from outside.`,
    {
      remedy:
        "See in the HSM that the account's identity has the local role Managed HSM Crypto User on the key, and Keysmith that of Managed HSM Crypto Officer.",
      sources: [sources.cmk, sources.portalBefore],
    },
  );
}

function protection({ softDelete, purgeProtection, name }: KeyVault): Check {
  const from = [sources.cmk, sources.portalBefore, sources.sample];
  if (softDelete && purgeProtection)
    return pass('Vault protection', 'Soft delete and purge protection are on.', { sources: from });
  const missing = softDelete
    ? 'purge protection'
    : purgeProtection
      ? 'soft delete'
      : 'soft delete and purge protection';
  return refuse(
    'Vault protection',
    `${name} has no ${missing}: a key that is deleted there could be gone for good, and the account's data with it. Azure refuses such a vault ("must be recoverable and not purgeable").`,
    { remedy: `Switch ${missing} on (it can't be switched off again), then check again.`, sources: from },
  );
}

function region({ account }: Facts, vault: KeyVault): Check {
  const from = [sources.cmk, sources.portalBefore];
  return sameRegion(account.location, vault.location)
    ? pass('Region', `Both are in ${vault.location}.`, { sources: from })
    : refuse(
        'Region',
        `${account.name} is in ${account.location}, ${vault.name} in ${vault.location}. Azure asks for the same region, and calls a vault elsewhere "Key store not found".`,
        { remedy: `Use a vault in ${account.location}.`, sources: from },
      );
}

function tenant({ account }: Facts, vault: KeyVault): Check {
  const from = [sources.cmk];
  // without an identity it names none; that it has none is said by another check
  if (account.tenant === null)
    return unknown('Tenant', `${account.name} has no identity, so its tenant can't be seen.`, {
      sources: from,
    });
  return account.tenant.toLowerCase() === vault.tenant.toLowerCase()
    ? pass('Tenant', 'Both are in the same Microsoft Entra tenant.', { sources: from })
    : refuse(
        'Tenant',
        `${vault.name} belongs to another Microsoft Entra tenant (${vault.tenant}) than ${account.name} (${account.tenant}).`,
        {
          remedy:
            "Use a vault of the account's tenant. One that came with a moved subscription still names its old tenant: correct its tenant id.",
          sources: from,
        },
      );
}

function firewall({ network, name }: KeyVault): Check {
  const from = [sources.cmk, sources.portalBefore];
  if (network.everybody)
    return pass('Firewall', `${name} lets every network in, so Azure's services come in too.`, {
      sources: from,
    });
  return network.trustedServices
    ? pass('Firewall', 'The firewall lets trusted Microsoft services in.', { sources: from })
    : refuse(
        'Firewall',
        `The firewall of ${name} keeps trusted Microsoft services out, so the account can't reach its key.`,
        {
          remedy: 'Switch on "Allow trusted Microsoft services to bypass this firewall", then check again.',
          sources: from,
        },
      );
}
