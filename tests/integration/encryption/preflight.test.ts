import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Check } from '../../../src/domain/checks.ts';
import type { KeyChoice } from '../../../src/domain/encryptionKey/target.ts';
import { vaultId } from '../../../src/simulator/rows.ts';
import type { KeyRow } from '../../../src/simulator/keyRows.ts';
import type { AccountRow, VaultRow } from '../../../src/simulator/rows.ts';
import { checkIn, type Preflight, startPreflight } from './preflightBench.ts';

let at: Preflight;
beforeAll(async () => {
  at = await startPreflight();
});
afterEach(() => at.restore());
afterAll(async () => at.azure[Symbol.asyncDispose]());

const only = 'a1'.repeat(16);
const day = 86_400_000;
const newVersion: KeyChoice = { of: 'newVersion' };
const existing = (name: string, vault = 'contoso-keys', version = only): KeyChoice => ({
  of: 'existing',
  key: { vault: `${at.azure.simulator.vaultUrl(vault)}/`, name, version },
});
const newKey = (name: string, vault = 'contoso-keys'): KeyChoice => ({
  of: 'newKey',
  vault: `${at.azure.simulator.vaultUrl(vault)}/`,
  name,
});

function row<T extends { name: string }>(rows: readonly T[], name: string): T {
  const found = rows.find((one) => one.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
}
const accountRow = (name: string): AccountRow => row(at.azure.simulator.estate.accounts, name);
const vaultRow = (name: string): VaultRow => row(at.azure.simulator.estate.vaults, name);
const keyRow = (name: string, vault = 'contoso-keys'): KeyRow => row(vaultRow(vault).keys, name);
const grants = () => at.azure.simulator.estate.roleAssignments ?? [];
const chatGrant = () => {
  const found = grants().find(({ scope }) => scope === vaultId(vaultRow('contoso-keys')));
  if (!found) throw new Error('no grant');
  return found;
};

type Case = Readonly<{
  check: string;
  when: string;
  verdict: Check['verdict'];
  says: RegExp;
  account?: string;
  choice: () => KeyChoice;
  change?: () => unknown;
}>;

const spare = () => existing('chat-spare');
const chat = 'contoso-chat';

const cases: readonly Case[] = [
  // the vault
  {
    check: 'Same vault',
    when: "the key is in the account's vault",
    verdict: 'pass',
    says: /own vault/,
    choice: spare,
  },
  {
    check: 'Same vault',
    when: 'the key is in another vault',
    verdict: 'refuse',
    says: /another vault/,
    choice: () => existing('contoso-cmk', 'contoso-apps', '0a1b2c3d4e5f60718293a4b5c6d7e8f9'),
  },
  {
    check: 'Same vault',
    when: 'a new key is asked for in another vault',
    verdict: 'refuse',
    says: /another vault/,
    choice: () => newKey('chat-new', 'contoso-apps'),
  },
  {
    check: 'Same vault',
    when: 'there is no vault yet',
    verdict: 'pass',
    says: /no vault yet/,
    account: 'contoso-vision',
    choice: spare,
  },
  {
    check: 'Vault found',
    when: 'it is a key vault',
    verdict: 'pass',
    says: /Azure Key Vault/,
    choice: spare,
  },
  {
    check: 'Vault found',
    when: 'it is gone',
    verdict: 'refuse',
    says: /not among those/,
    choice: spare,
    change: () => (vaultRow('contoso-keys').deleted = true),
  },
  {
    check: 'Vault found',
    when: 'it is a Managed HSM',
    verdict: 'warn',
    says: /Managed HSM.*older ones/,
    account: 'lab-hsm',
    choice: () => newVersion,
  },
  { check: 'Vault protection', when: 'both are on', verdict: 'pass', says: /are on/, choice: spare },
  {
    check: 'Vault protection',
    when: 'it can be purged',
    verdict: 'refuse',
    says: /no purge protection/,
    account: 'lab-purgeable',
    choice: () => newVersion,
  },
  {
    check: 'Vault protection',
    when: 'it has no soft delete',
    verdict: 'refuse',
    says: /no soft delete/,
    choice: spare,
    change: () => (vaultRow('contoso-keys').softDelete = false),
  },
  { check: 'Region', when: 'it is the same', verdict: 'pass', says: /westus3/, choice: spare },
  {
    check: 'Region',
    when: 'it is another',
    verdict: 'refuse',
    says: /eastus2.*westus3/,
    account: 'lab-far',
    choice: () => newVersion,
  },
  {
    check: 'Tenant',
    when: 'it is the same',
    verdict: 'pass',
    says: /same Microsoft Entra tenant/,
    choice: spare,
  },
  {
    check: 'Tenant',
    when: 'it is another',
    verdict: 'refuse',
    says: /another Microsoft Entra tenant/,
    account: 'lab-foreign',
    choice: () => newVersion,
  },
  { check: 'Firewall', when: 'everybody comes in', verdict: 'pass', says: /every network/, choice: spare },
  {
    check: 'Firewall',
    when: 'trusted services come in',
    verdict: 'pass',
    says: /lets trusted/,
    account: 'lab-walled',
    choice: () => newVersion,
    change: () =>
      (vaultRow('contoso-lab-walled').network = {
        defaultAction: 'Deny',
        bypass: 'AzureServices',
        ipRules: ['127.0.0.1/32'],
      }),
  },
  {
    check: 'Firewall',
    when: 'nobody comes in',
    verdict: 'refuse',
    says: /keeps trusted/,
    account: 'lab-walled',
    choice: () => newVersion,
  },
  // the key
  { check: 'Key', when: 'it is there', verdict: 'pass', says: /is there/, choice: spare },
  {
    check: 'Key',
    when: 'no version was named',
    verdict: 'pass',
    says: /newest one/,
    choice: () => existing('chat-spare', 'contoso-keys', ''),
  },
  {
    check: 'Key',
    when: 'it is what the account uses',
    verdict: 'refuse',
    says: /uses exactly this/,
    choice: () => existing('chat-cmk', 'contoso-keys', 'b1'.repeat(16)),
  },
  {
    check: 'Key',
    when: 'there is none of that name',
    verdict: 'refuse',
    says: /not found/,
    choice: () => existing('nobody'),
  },
  {
    check: 'Key',
    when: 'there is no such version',
    verdict: 'refuse',
    says: /not found/,
    choice: () => existing('chat-spare', 'contoso-keys', 'f0'.repeat(16)),
  },
  {
    check: 'Key',
    when: 'it was deleted',
    verdict: 'refuse',
    says: /was deleted.*recovered, until/,
    choice: spare,
    change: () => (keyRow('chat-spare').deletedAt = Date.now() / 1000),
  },
  {
    check: 'Key',
    when: 'a version will be made',
    verdict: 'pass',
    says: /new version of chat-cmk.*2 that are there/,
    choice: () => newVersion,
  },
  {
    check: 'Key',
    when: 'the account has a key of Microsoft',
    verdict: 'refuse',
    says: /Microsoft-managed/,
    account: 'contoso-vision',
    choice: () => newVersion,
  },
  {
    check: 'Key',
    when: 'a key will be made',
    verdict: 'pass',
    says: /chat-new will be made/,
    choice: () => newKey('chat-new'),
  },
  {
    check: 'Key',
    when: 'the name of a new key is taken',
    verdict: 'refuse',
    says: /There is a key Chat-Spare/,
    choice: () => newKey('Chat-Spare'),
  },
  {
    check: 'Key',
    when: 'the name of a new key is that of a deleted one',
    verdict: 'refuse',
    says: /name is taken/,
    choice: () => newKey('chat-spare'),
    change: () => (keyRow('chat-spare').deletedAt = Date.now() / 1000),
  },
  {
    check: 'Key',
    when: "a new key's name can't be one",
    verdict: 'refuse',
    says: /can't be the name/,
    choice: () => newKey('../secrets/stranger'),
  },
  { check: 'Key type', when: 'it is RSA', verdict: 'pass', says: /^RSA\.$/, choice: spare },
  {
    check: 'Key type',
    when: 'it is EC',
    verdict: 'refuse',
    says: /type EC/,
    choice: () => existing('curve'),
  },
  {
    check: 'Key type',
    when: 'an HSM key is asked of a standard vault',
    verdict: 'refuse',
    says: /premium/,
    choice: () => newKey('chat-new'),
    change: () => (at.rules.encryption = { type: 'RSA-HSM', bits: 2048 }),
  },
  {
    check: 'Key type',
    when: 'an HSM key is asked of a premium vault',
    verdict: 'pass',
    says: /RSA-HSM/,
    choice: () => newKey('chat-new'),
    change: () => {
      at.rules.encryption = { type: 'RSA-HSM', bits: 2048 };
      vaultRow('contoso-keys').sku = 'premium';
    },
  },
  { check: 'Key size', when: 'it is 2048', verdict: 'pass', says: /every page/, choice: spare },
  {
    check: 'Key size',
    when: 'it is 1024',
    verdict: 'refuse',
    says: /1024/,
    choice: () => existing('narrow'),
  },
  {
    check: 'Key size',
    when: 'it is 4096',
    verdict: 'warn',
    says: /4096.*older pages/,
    choice: () => existing('wide'),
  },
  {
    check: 'Key size',
    when: 'a version of a key that is too small is replaced',
    verdict: 'pass',
    says: /2048/,
    account: 'lab-narrow',
    choice: () => newVersion,
  },
  { check: 'Enabled', when: 'it is', verdict: 'pass', says: /is enabled/, choice: spare },
  { check: 'Enabled', when: "it isn't", verdict: 'refuse', says: /disabled/, choice: () => existing('off') },
  { check: 'Expiry', when: 'it has none', verdict: 'pass', says: /no expiry/, choice: spare },
  {
    check: 'Expiry',
    when: 'it is far away',
    verdict: 'pass',
    says: /2100/,
    choice: () => existing('chat-cmk', 'contoso-keys', 'c0'.repeat(16)),
  },
  {
    check: 'Expiry',
    when: 'it is over',
    verdict: 'refuse',
    says: /expired on 2025-11-01/,
    choice: () => existing('lapsed'),
  },
  {
    check: 'Expiry',
    when: 'it is near',
    verdict: 'warn',
    says: /expires on/,
    choice: spare,
    change: () =>
      Object.assign(keyRow('chat-spare').versions[0] ?? {}, {
        expires: Math.floor((Date.now() + 5 * day) / 1000),
      }),
  },
  { check: 'Activation', when: 'it has come', verdict: 'pass', says: /now/, choice: spare },
  {
    check: 'Activation',
    when: 'it has not come',
    verdict: 'refuse',
    says: /before 2099/,
    choice: () => existing('early'),
  },
  { check: 'Operations', when: 'both are there', verdict: 'pass', says: /Wrap and unwrap/, choice: spare },
  {
    check: 'Operations',
    when: 'it may sign only',
    verdict: 'refuse',
    says: /wrapKey and unwrapKey/,
    choice: () => existing('signing'),
  },
  {
    check: 'Operations',
    when: 'unwrap is missing',
    verdict: 'refuse',
    says: /^unwrapKey is/,
    choice: spare,
    change: () => (keyRow('chat-spare').operations = ['wrapKey']),
  },
  // the identity
  { check: 'Identity', when: 'it is there', verdict: 'pass', says: /system-assigned/, choice: spare },
  {
    check: 'Identity',
    when: 'it is user-assigned',
    verdict: 'pass',
    says: /lab-key-opener/,
    account: 'lab-joined',
    choice: () => newVersion,
  },
  {
    check: 'Identity',
    when: 'there is none',
    verdict: 'refuse',
    says: /has none/,
    account: 'lab-anonymous',
    choice: () => newVersion,
  },
  {
    check: 'Identity',
    when: 'there is none for a first key',
    verdict: 'refuse',
    says: /no identity/,
    account: 'contoso-vision',
    choice: spare,
    change: () => (accountRow('contoso-vision').identity = { type: 'None' }),
  },
  {
    check: 'Identity',
    when: "it isn't clear which opens a first vault",
    verdict: 'refuse',
    says: /2 identities/,
    account: 'contoso-vision',
    choice: spare,
    change: () => twoIdentities(),
  },
  {
    check: 'Rights on the key',
    when: 'a role gives them',
    verdict: 'pass',
    says: /Key Vault Crypto User.*by roles/,
    choice: spare,
  },
  {
    check: 'Rights on the key',
    when: 'the narrower role gives them',
    verdict: 'pass',
    says: /Encryption User/,
    account: 'lab-joined',
    choice: () => newVersion,
  },
  {
    check: 'Rights on the key',
    when: 'an access policy gives them',
    verdict: 'pass',
    says: /access policy.*by access policies/,
    account: 'lab-policies',
    choice: () => newVersion,
  },
  {
    check: 'Rights on the key',
    when: 'the role gives too little',
    verdict: 'refuse',
    says: /lacks wrapKey, unwrapKey/,
    account: 'lab-powerless',
    choice: () => newVersion,
  },
  {
    check: 'Rights on the key',
    when: 'the access policy gives too little',
    verdict: 'refuse',
    says: /lacks wrapKey, unwrapKey/,
    account: 'lab-policy-gap',
    choice: () => newVersion,
  },
  {
    check: 'Rights on the key',
    when: 'the role is on another key',
    verdict: 'refuse',
    says: /lacks get/,
    choice: spare,
    change: () => (chatGrant().scope += '/keys/chat-cmk'),
  },
  {
    check: 'Rights on the key',
    when: 'it was granted a minute ago',
    verdict: 'warn',
    says: /1 min( 1 s)? ago/,
    choice: spare,
    change: () => (chatGrant().grantedAt = Date.now() - 60_000),
  },
  {
    check: 'Rights on the key',
    when: 'an old grant stands beside a new one',
    verdict: 'pass',
    says: /may get/,
    choice: spare,
    change: () =>
      grants().push({ ...chatGrant(), name: '7d1f2a60-0c55-4e5b-9b2f-3c1d5a7e4000', grantedAt: Date.now() }),
  },
  {
    check: 'Rights on the key',
    when: 'role assignments may not be read',
    verdict: 'unknown',
    says: /role assignments/,
    choice: spare,
    change: () => refused('roleAssignments'),
  },
  {
    check: 'Rights on the key',
    when: 'they stand under a condition',
    verdict: 'unknown',
    says: /under a condition/,
    choice: spare,
    change: () => (chatGrant().condition = "@Resource[name] StringEquals 'x'"),
  },
  {
    check: 'Rights on the key',
    when: 'they are local to a Managed HSM',
    verdict: 'unknown',
    says: /local roles/,
    account: 'lab-hsm',
    choice: () => newVersion,
  },
  {
    check: 'Kind OpenAI',
    when: 'a role opens the vault',
    verdict: 'warn',
    says: /roles and the system-assigned/,
    choice: spare,
    change: () => (accountRow(chat).kind = 'OpenAI'),
  },
  {
    check: 'Kind OpenAI',
    when: 'an access policy opens it',
    verdict: 'pass',
    says: /as its page asks/,
    account: 'lab-policies',
    choice: () => newVersion,
    change: () => (accountRow('lab-policies').kind = 'OpenAI'),
  },
  // the account
  { check: 'State', when: 'it is Succeeded', verdict: 'pass', says: /Succeeded/, choice: spare },
  {
    check: 'State',
    when: 'Azure is changing it',
    verdict: 'refuse',
    says: /"Accepted".*right now/,
    account: 'lab-busy',
    choice: () => newVersion,
  },
  {
    check: 'State',
    when: 'the last change failed',
    verdict: 'refuse',
    says: /"Failed".*came to nothing/,
    choice: spare,
    change: () => (accountRow(chat).provisioningState = 'Failed'),
  },
  { check: 'Locks', when: 'there is none', verdict: 'pass', says: /No lock/, choice: spare },
  {
    check: 'Locks',
    when: 'one forbids to delete',
    verdict: 'pass',
    says: /delete the account only/,
    choice: spare,
    change: () => lock('CanNotDelete'),
  },
  {
    check: 'Locks',
    when: 'one forbids to change',
    verdict: 'refuse',
    says: /read-only lock "held"/,
    choice: spare,
    change: () => lock('ReadOnly'),
  },
  {
    check: 'Locks',
    when: 'they may not be read',
    verdict: 'unknown',
    says: /could not be read/,
    choice: spare,
    change: () => refused('/locks'),
  },
  {
    check: "Keysmith's rights",
    when: 'they suffice',
    verdict: 'pass',
    says: /read and change/,
    choice: spare,
  },
  {
    check: "Keysmith's rights",
    when: 'write is missing',
    verdict: 'refuse',
    says: /accounts\/write/,
    choice: spare,
    change: () => {
      for (const { actions } of at.azure.simulator.estate.principals[0]?.grants ?? [])
        actions.splice(actions.indexOf('Microsoft.CognitiveServices/accounts/write'), 1);
    },
  },
  {
    check: "Keysmith's rights",
    when: 'they may not be read',
    verdict: 'unknown',
    says: /could not be read/,
    choice: spare,
    change: () => refused('/permissions'),
  },
  {
    check: 'One-way door',
    when: 'the key was customer-managed',
    verdict: 'pass',
    says: /stays so/,
    choice: spare,
  },
  {
    check: 'One-way door',
    when: 'the key was Microsoft-managed',
    verdict: 'warn',
    says: /can't be undone/,
    account: 'contoso-vision',
    choice: spare,
  },
  {
    check: 'One-way door',
    when: 'nobody may decide on it',
    verdict: 'refuse',
    says: /names nobody/,
    account: 'contoso-vision',
    choice: spare,
    change: () => (at.rules.oneWay = false),
  },
  // what hangs on the key
  { check: 'Key in use', when: 'it is sound', verdict: 'pass', says: /must stay enabled/, choice: spare },
  {
    check: 'Key in use',
    when: 'it is disabled',
    verdict: 'refuse',
    says: /is disabled/,
    account: 'lab-off',
    choice: () => newVersion,
  },
  {
    check: 'Key in use',
    when: 'it has expired',
    verdict: 'warn',
    says: /expired on/,
    account: 'lab-lapsed',
    choice: () => newVersion,
  },
  {
    check: 'Key in use',
    when: 'it is gone',
    verdict: 'refuse',
    says: /could not be read/,
    choice: spare,
    change: () => (keyRow('chat-cmk').deletedAt = Date.now() / 1000),
  },
  {
    check: 'Follows its key',
    when: 'a version is made',
    verdict: 'warn',
    says: /is the switch, and can't be undone.*Azure OpenAI/,
    account: 'lab-auto-one',
    choice: () => newVersion,
  },
  {
    check: 'Follows its key',
    when: 'it is moved to another key',
    verdict: 'warn',
    says: /no longer follow/,
    account: 'lab-auto-one',
    choice: () => existing('cmk', 'contoso-lab-keys'),
  },
  {
    check: 'Other accounts',
    when: 'none follows the key',
    verdict: 'pass',
    says: /No other account/,
    choice: () => newVersion,
  },
  {
    check: 'Other accounts',
    when: 'another is pinned to a version of the key',
    verdict: 'pass',
    says: /No other account/,
    choice: () => newVersion,
    change: () =>
      (accountRow('contoso-odd').encryption = {
        vault: 'contoso-keys',
        key: 'chat-cmk',
        version: 'b1'.repeat(16),
      }),
  },
  {
    check: 'Other accounts',
    when: 'no version is made',
    verdict: 'pass',
    says: /No version is made/,
    account: 'lab-auto-one',
    choice: () => existing('cmk', 'contoso-lab-keys'),
  },
  {
    check: 'Other accounts',
    when: 'one follows the key too',
    verdict: 'warn',
    says: /lab-auto-two follows.*irreversibly/,
    account: 'lab-auto-one',
    choice: () => newVersion,
  },
  {
    check: 'Other accounts',
    when: 'one follows the key of an account that is pinned',
    verdict: 'warn',
    says: /contoso-odd follows/,
    choice: () => newVersion,
    change: () =>
      (accountRow('contoso-odd').encryption = { vault: 'contoso-keys', key: 'chat-cmk', version: '' }),
  },
  {
    check: 'Rotation policy',
    when: 'there is none',
    verdict: 'pass',
    says: /does not rotate/,
    choice: spare,
  },
  {
    check: 'Rotation policy',
    when: 'a new key is made',
    verdict: 'pass',
    says: /no rotation policy/,
    choice: () => newKey('chat-new'),
  },
  {
    check: 'Rotation policy',
    when: 'the vault rotates the key',
    verdict: 'warn',
    says: /2 years.*due on 20\d\d.*stays on the version/,
    choice: () => newVersion,
  },
  {
    check: 'Rotation policy',
    when: 'the account follows it',
    verdict: 'warn',
    says: /moves by itself/,
    account: 'lab-auto-one',
    choice: () => newVersion,
    change: () =>
      (keyRow('shared', 'contoso-lab-keys').rotationPolicy = { rotate: { timeBeforeExpiry: 'P30D' } }),
  },
  {
    check: 'Rotation policy',
    when: 'it may not be read',
    verdict: 'unknown',
    says: /could not be read/,
    choice: spare,
    change: () => refused('rotationpolicy'),
  },
];

const refused = (path: string): void =>
  at.azure.simulator.faults.next({ match: { path }, fault: { status: 403, code: 'Forbidden' } });

/** A second user-assigned identity beside the first, and none of the account's own. */
function twoIdentities(): void {
  const { identities = [] } = at.azure.simulator.estate;
  const [one] = identities;
  if (!one) throw new Error('no identity');
  identities.push({ ...one, name: 'lab-other-opener', clientId: '7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e5002' });
  accountRow('contoso-vision').identity = {
    type: 'UserAssigned',
    userAssigned: ['lab-key-opener', 'lab-other-opener'],
  };
}

const lock = (level: 'ReadOnly' | 'CanNotDelete') =>
  at.azure.simulator.estate.locks.push({ name: 'held', level, scope: at.azure.simulator.accountId(chat) });

describe('each check of the preflight', () => {
  test.each(cases)(
    '$check: $verdict when $when',
    async ({ check, verdict, says, account, choice, change }) => {
      change?.();
      const found = checkIn(await at.check(account ?? chat, choice()), check);
      expect([found.verdict, found.says]).toEqual([verdict, expect.stringMatching(says)]);
      if (verdict === 'refuse') expect(found.remedy ?? found.says).toMatch(/\w/);
      expect(found.remedy ?? '').not.toMatch(/press Retry/i);
    },
  );

  test('a sound choice is refused by none of them, and each rule that stems from a page names it', async () => {
    const plan = await at.check(chat, spare());
    expect(plan.checks.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
    for (const name of [
      'Same vault',
      'Vault protection',
      'Region',
      'Tenant',
      'Firewall',
      'Key type',
      'Key size',
      'Rights on the key',
    ])
      expect(checkIn(plan, name).sources?.join()).toMatch(/Microsoft Learn/);
    // where the pages disagree both are shown
    expect(checkIn(plan, 'Key size').sources?.join()).toMatch(/08\/2026.*05\/2025|05\/2025.*08\/2026/s);
  });

  test('an account and a key that cannot be read at all still give a plan, which is refused in words', async () => {
    vaultRow('contoso-keys').deleted = true;
    const plan = await at.check(chat, existing('chat-spare'));
    expect(plan.checks.filter(({ verdict }) => verdict === 'refuse').map(({ name }) => name)).toContain(
      'Vault found',
    );
    expect(checkIn(plan, 'Key type')).toMatchObject({
      verdict: 'unknown',
      says: 'The key could not be read.',
    });
  });

  test('an address that is no vault of ours is never asked for a key', async () => {
    const before = at.azure.simulator.requests.length;
    const plan = await at.check(chat, {
      of: 'existing',
      key: { vault: at.azure.simulator.url, name: 'chat-cmk', version: '' },
    });
    expect(checkIn(plan, 'Vault found').verdict).toBe('refuse');
    expect(checkIn(plan, 'Same vault').verdict).toBe('refuse');
    const asked = at.azure.simulator.requests.slice(before).filter(({ path }) => path.startsWith('/keys/'));
    expect(asked.filter(({ surface }) => surface !== 'keyVault')).toEqual([]);
  });
});

describe('the plan', () => {
  test('of a new version says what will be made: like the current one, alive as long as the vault gives', async () => {
    const plan = await at.check(chat, newVersion);
    expect(plan).toMatchObject({
      from: { source: 'customer' },
      previous: { name: 'chat-cmk', version: 'b1'.repeat(16) },
      making: { name: 'chat-cmk', type: 'RSA', bits: 2048, existing: ['b1'.repeat(16), 'c0'.repeat(16)] },
      to: { name: 'chat-cmk', version: '' },
      follows: false,
      oneWay: false,
      followers: [],
    });
    const years = ((plan.making?.expires ?? 0) - Date.now()) / (365 * day);
    expect(years).toBeGreaterThan(2.9);
    expect(years).toBeLessThan(3.1);
  });

  test('of a new version of a key that is no use is made by the policy, its life too', async () => {
    at.rules.encryption = { type: 'RSA', bits: 3072, lifetime: 90 * day };
    const plan = await at.check('lab-narrow', newVersion);
    expect(plan.making).toMatchObject({ name: 'narrow', bits: 3072 });
    expect(Math.abs((plan.making?.expires ?? 0) - Date.now() - 90 * day)).toBeLessThan(30_000);
  });

  test('of a new key on a Managed HSM makes an HSM key', async () => {
    const plan = await at.check('lab-hsm', newKey('fresh', 'contoso-lab-hsm'));
    expect(plan.making).toMatchObject({ name: 'fresh', type: 'RSA-HSM', expires: null, existing: [] });
  });

  test('of an account that follows its key goes on following, and names who else does', async () => {
    const plan = await at.check('lab-auto-one', newVersion);
    expect(plan).toMatchObject({
      follows: true,
      previous: { name: 'shared', version: only },
      to: { name: 'shared', version: '' },
      followers: ['lab-auto-two'],
    });
  });

  test('when a subscription could not be read, says that more may follow', async () => {
    const production = accountRow(chat).subscription;
    const path = `/subscriptions/${production}/providers/Microsoft.CognitiveServices/accounts`;
    at.azure.simulator.faults.next({
      match: { path },
      fault: { status: 403, code: 'AuthorizationFailed' },
    });
    const others = checkIn(await at.check('lab-auto-one', newVersion), 'Other accounts');
    expect(others).toMatchObject({
      verdict: 'unknown',
      says: expect.stringMatching(/lab-auto-two.*Contoso Production/),
    });
  });

  test('of a Microsoft-managed account is a one-way door through the identity that it has', async () => {
    const plan = await at.check('contoso-vision', spare());
    expect(plan).toMatchObject({
      oneWay: true,
      previous: null,
      from: { source: 'microsoft' },
      identityClientId: null,
    });
    // nobody has granted it anything yet
    expect(checkIn(plan, 'Rights on the key').verdict).toBe('refuse');
    const joined = await at.check('lab-joined', newVersion);
    expect(joined.identityClientId).toBe('7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e5001');
  });

  test('keeps the whole account as it is, to compare with later', async () => {
    const { before } = await at.check(chat, spare());
    expect(before).toMatchObject({ 'tags.owner': '"contoso"', 'properties.disableLocalAuth': 'false' });
  });
});

describe('the first look', () => {
  test('offers the versions of the own vault: of the key in use first, each newest first, and why one is no use', async () => {
    const seen = await at.look(chat);
    if (!seen.safe) throw new Error(seen.says);
    const { candidates, more, vaults, inUse, newKey: fresh } = seen.found;
    expect(inUse).toMatchObject({ name: 'chat-cmk', version: 'b1'.repeat(16) });
    expect(vaults.map(({ name }) => name)).toEqual(['contoso-keys']);
    expect(candidates.slice(0, 2)).toMatchObject([
      { key: { name: 'chat-cmk', version: 'b1'.repeat(16) }, newest: true, inUse: true },
      { key: { name: 'chat-cmk', version: 'c0'.repeat(16) }, newest: false, inUse: false },
    ]);
    const unfit = Object.fromEntries(candidates.map(({ key, unfit: why }) => [key.name, why]));
    expect(unfit).toMatchObject({
      off: 'It is disabled.',
      lapsed: 'It expired on 2025-11-01.',
      'chat-spare': undefined,
    });
    expect(more).toBe(0);
    expect(fresh).toEqual({ type: 'RSA', bits: 2048 });
  });

  test('shows the newest version of each key before the older ones of any, and counts the rest', async () => {
    const { versions } = keyRow('chat-cmk');
    for (let count = 0; count < 30; count += 1)
      versions.unshift({
        version: count.toString(16).padStart(32, 'd'),
        enabled: true,
        created: 1_600_000_000 - count,
      });
    const seen = await at.look(chat);
    if (!seen.safe) throw new Error(seen.says);
    const { candidates, more } = seen.found;
    expect(candidates).toHaveLength(20);
    expect(new Set(candidates.map(({ key }) => key.name)).size).toBe(9);
    expect(more).toBe(32 + 8 - 20);
  });

  test('of an account that follows its key finds the version that is in use', async () => {
    const seen = await at.look('lab-auto-one');
    expect(seen).toMatchObject({
      safe: true,
      found: { encryption: { key: { version: '' } }, inUse: { name: 'shared', version: only } },
    });
  });

  test('of a Microsoft-managed account offers sound vaults of its region and tenant only', async () => {
    const seen = await at.look('contoso-vision');
    if (!seen.safe) throw new Error(seen.says);
    const offered = seen.found.vaults.map(({ name }) => name);
    expect(offered).toEqual(expect.arrayContaining(['contoso-keys', 'contoso-lab-keys']));
    expect(offered).not.toContain('contoso-lab-purgeable');
    expect(offered).not.toContain('contoso-lab-foreign');
    vaultRow('contoso-keys').location = 'eastus2';
    const again = await at.look('contoso-vision');
    if (!again.safe) throw new Error(again.says);
    expect(again.found.vaults.map(({ name }) => name)).not.toContain('contoso-keys');
  });

  test('refuses a name that nobody has, and one that two have', async () => {
    expect(await at.look('contoso-chatt')).toMatchObject({
      safe: false,
      says: expect.stringMatching(/no account named/),
    });
    expect(await at.look('contoso-twin')).toMatchObject({
      safe: false,
      remedy: expect.stringMatching(/resource group/),
    });
  });

  test('of an account whose vault is gone offers nothing, and does not fail', async () => {
    vaultRow('contoso-keys').deleted = true;
    keyRow('chat-cmk').deletedAt = Date.now() / 1000;
    expect(await at.look(chat)).toMatchObject({ safe: true });
  });
});
