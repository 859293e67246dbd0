import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type {
  AzureEncryption,
  EncryptedAccount,
  Key,
  KeyRights,
  KeyVault,
} from '../../../src/application/ports/encryption.ts';
import { faultIn, startBench, valueOf, type Bench } from './support.ts';

let bench: Bench;
let azure: AzureEncryption;
beforeAll(async () => {
  bench = await startBench({ pageSize: 2 });
  azure = bench.azure.encryption;
});
afterEach(() => bench.simulator.faults.clear());
afterAll(async () => bench[Symbol.asyncDispose]());

const account = async (name: string): Promise<EncryptedAccount> =>
  valueOf(await azure.accounts.read(bench.account(name).id));

const addressOf = ({ encryption }: EncryptedAccount) => {
  if (encryption.source !== 'customer') throw new Error('a key of Microsoft');
  return encryption.key;
};

const vaultOf = async (name: string): Promise<KeyVault> =>
  valueOf(await azure.vaults.at(addressOf(await account(name)).vault));

const keyOf = async (name: string): Promise<Key> =>
  valueOf(await azure.keys.read(addressOf(await account(name))));

const rightsOf = async (name: string): Promise<KeyRights> => {
  const state = await account(name);
  const { opener } = state;
  if (!opener) throw new Error('no identity');
  return valueOf(await azure.vaults.rightsOn(await vaultOf(name), addressOf(state).name, opener));
};

const now = (): number => bench.settings.now();

describe('an account', () => {
  test('says who holds its key, and which identity opens the vault', async () => {
    const chat = await account('contoso-chat');
    expect(chat).toMatchObject({
      name: 'contoso-chat',
      location: 'westus3',
      provisioningState: 'Succeeded',
      tenant: bench.simulator.estate.tenant,
      encryption: {
        source: 'customer',
        key: {
          vault: `${bench.simulator.vaultUrl('contoso-keys')}/`,
          name: 'chat-cmk',
          version: 'b1'.repeat(16),
        },
        identityClientId: null,
      },
      opener: { clientId: null },
    });
    expect(chat.identities).toEqual([chat.opener]);
    const vision = await account('contoso-vision');
    expect(vision.encryption).toEqual({ source: 'microsoft' });
    expect(vision.opener).toMatchObject({ name: 'system-assigned' });
    const joined = await account('lab-joined');
    expect(joined.opener).toMatchObject({ name: 'lab-key-opener', clientId: expect.any(String) });
    expect((await account('lab-busy')).provisioningState).toBe('Accepted');
    expect(addressOf(await account('lab-auto-one')).version).toBe('');
  });

  test('without the identity that its key names has no opener', async () => {
    expect((await account('lab-anonymous')).opener).toBeNull();
    const row = bench.simulator.estate.accounts.find(({ name }) => name === 'lab-joined');
    if (!row?.encryption) throw new Error('no row');
    const { encryption } = row;
    row.encryption = { ...encryption, identityClientId: 'somebody-else' };
    expect((await account('lab-joined')).opener).toBeNull();
    row.encryption = encryption;
  });

  test('is shown whole, flat, without what changes by itself', async () => {
    const { fields } = await account('contoso-chat');
    expect(fields).toMatchObject({
      kind: '"AIServices"',
      'tags.owner': '"contoso"',
      'sku.name': '"S0"',
      'properties.disableLocalAuth': 'false',
      'properties.encryption.keyVaultProperties.keyName': '"chat-cmk"',
      'properties.networkAcls.ipRules': '[]',
    });
    expect(Object.keys(fields).filter((name) => /etag|provisioningState/.test(name))).toEqual([]);
  });

  test('that is gone is missing', async () => {
    const { id } = bench.account('contoso-chat');
    expect(faultIn(await azure.accounts.read(`${id}-gone` as typeof id)).kind).toBe('missing');
  });
});

describe('users of a key', () => {
  test('are found in every subscription and on every page, with the version that each names', async () => {
    const { users, unread } = valueOf(await azure.accounts.usersOf(addressOf(await account('lab-auto-two'))));
    expect(users.map(({ name, version }) => [name, version])).toEqual([
      ['lab-auto-one', ''],
      ['lab-auto-two', ''],
    ]);
    expect(unread).toEqual([]);
    expect(users[0]?.subscription).toBe('Contoso Development');
  });

  test('a subscription that could not be read is named', async () => {
    const { subscriptionId } = bench.account('contoso-chat');
    bench.simulator.faults.next({
      match: { path: `/subscriptions/${subscriptionId}/providers/Microsoft.CognitiveServices` },
      fault: { status: 403, code: 'AuthorizationFailed' },
    });
    const found = valueOf(await azure.accounts.usersOf(addressOf(await account('lab-auto-one'))));
    expect(found.users).toHaveLength(2);
    expect(found.unread).toEqual(['Contoso Production']);
  });
});

describe('a vault', () => {
  test('that is sound', async () => {
    expect(await vaultOf('contoso-chat')).toMatchObject({
      kind: 'vault',
      name: 'contoso-keys',
      location: 'westus3',
      tenant: bench.simulator.estate.tenant,
      softDelete: true,
      purgeProtection: true,
      access: 'roles',
      network: { everybody: true, trustedServices: true },
      provisioningState: 'Succeeded',
    });
  });

  test('without purge protection', async () => {
    expect((await vaultOf('lab-purgeable')).purgeProtection).toBe(false);
    expect((await keyOf('lab-purgeable')).purgeable).toBe(true);
    expect((await keyOf('contoso-chat')).purgeable).toBe(false);
  });

  test('without soft delete', async () => {
    const row = bench.simulator.estate.vaults.find(({ name }) => name === 'contoso-lab-purgeable');
    if (!row) throw new Error('no vault');
    row.softDelete = false;
    expect((await vaultOf('lab-purgeable')).softDelete).toBe(false);
    delete row.softDelete;
    expect((await vaultOf('lab-purgeable')).softDelete).toBe(true);
  });

  test('with a firewall that lets no trusted services in, and with one that does', async () => {
    expect((await vaultOf('lab-walled')).network).toEqual({ everybody: false, trustedServices: false });
    const row = bench.simulator.estate.vaults.find(({ name }) => name === 'contoso-lab-walled');
    if (!row?.network) throw new Error('no firewall');
    row.network.bypass = 'AzureServices';
    expect((await vaultOf('lab-walled')).network).toEqual({ everybody: false, trustedServices: true });
    row.network.bypass = 'None';
  });

  test('with access policies', async () => {
    expect((await vaultOf('lab-policies')).access).toBe('accessPolicies');
  });

  test('in another region than its account, or of another tenant', async () => {
    const far = await account('lab-far');
    expect([far.location, (await vaultOf('lab-far')).location]).toEqual(['eastus2', 'westus3']);
    const foreign = await account('lab-foreign');
    expect((await vaultOf('lab-foreign')).tenant).not.toBe(foreign.tenant);
    expect(faultIn(await azure.keys.read(addressOf(foreign))).kind).toBe('denied');
  });

  test('that is a Managed HSM', async () => {
    expect(await vaultOf('lab-hsm')).toMatchObject({
      kind: 'managedHsm',
      access: 'localRoles',
      purgeProtection: true,
    });
    expect(await keyOf('lab-hsm')).toMatchObject({ type: 'RSA-HSM', bits: 2048 });
    expect(await rightsOf('lab-hsm')).toEqual({ known: false });
  });

  test('that is gone is missing', async () => {
    const row = bench.simulator.estate.vaults.find(({ name }) => name === 'contoso-lab-purgeable');
    if (!row) throw new Error('no vault');
    const { vault } = addressOf(await account('lab-purgeable'));
    row.deleted = true;
    expect(faultIn(await azure.vaults.at(vault))).toMatchObject({ kind: 'missing', code: 'VaultNotFound' });
    expect(faultIn(await azure.keys.read({ vault, name: 'cmk', version: '' })).kind).toBe('missing');
    delete row.deleted;
    expect((await azure.vaults.at(vault)).ok).toBe(true);
  });

  test('that may be in a subscription which could not be read is missing, and that is said', async () => {
    const { subscriptionId } = bench.account('contoso-chat');
    bench.simulator.faults.next({
      match: { path: `/subscriptions/${subscriptionId}/providers/Microsoft.KeyVault/vaults` },
      fault: { status: 403, code: 'AuthorizationFailed' },
    });
    const { vault } = addressOf(await account('contoso-chat'));
    expect(faultIn(await azure.vaults.at(vault))).toMatchObject({
      kind: 'missing',
      says: expect.stringContaining('Contoso Production'),
    });
  });
});

describe('rights of the identity', () => {
  test('by a role: which one, where and since when', async () => {
    const rights = await rightsOf('contoso-chat');
    expect(rights).toMatchObject({ known: true, missing: [] });
    expect(rights.known && rights.grants).toContainEqual({
      right: 'wrapKey',
      by: 'the role Key Vault Crypto User',
      scope: (await vaultOf('contoso-chat')).id,
      since: Date.UTC(2025, 4, 19),
      conditional: false,
    });
    expect(await rightsOf('lab-joined')).toMatchObject({ known: true, missing: [] });
  });

  test('a role without wrap and unwrap is not enough, nor is none', async () => {
    expect(await rightsOf('lab-powerless')).toMatchObject({ missing: ['wrapKey', 'unwrapKey'] });
    const { estate } = bench.simulator;
    const kept = estate.roleAssignments ?? [];
    estate.roleAssignments = [];
    expect(await rightsOf('contoso-chat')).toEqual({
      known: true,
      missing: ['get', 'wrapKey', 'unwrapKey'],
      grants: [],
    });
    estate.roleAssignments = kept;
  });

  test('a role on the one key counts, a role on another key does not', async () => {
    const { estate } = bench.simulator;
    const found = estate.roleAssignments?.find(({ scope }) => scope.endsWith('/contoso-keys'));
    if (!found) throw new Error('no assignment');
    const { scope } = found;
    found.scope = `${scope}/keys/chat-cmk`;
    expect(await rightsOf('contoso-chat')).toMatchObject({ missing: [] });
    found.scope = `${scope}/keys/chat-spare`;
    expect(await rightsOf('contoso-chat')).toMatchObject({ missing: ['get', 'wrapKey', 'unwrapKey'] });
    // above the vault
    found.scope = scope.replace(/\/resourceGroups\/.*/, '');
    expect(await rightsOf('contoso-chat')).toMatchObject({ missing: [] });
    found.scope = scope;
  });

  test('a custom role counts by its data actions, less its notDataActions', async () => {
    const { estate } = bench.simulator;
    const found = estate.roleAssignments?.find(({ scope }) => scope.endsWith('/contoso-keys'));
    if (!found) throw new Error('no assignment');
    const { role } = found;
    estate.roleDefinitions = [
      {
        id: '7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e6001',
        name: 'Contoso wrapper',
        actions: ['*'],
        dataActions: ['Microsoft.KeyVault/vaults/keys/*'],
        notDataActions: ['Microsoft.KeyVault/vaults/keys/unwrap/action'],
      },
    ];
    found.role = '7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e6001';
    expect(await rightsOf('contoso-chat')).toMatchObject({ missing: ['unwrapKey'] });
    found.role = role;
  });

  test('a role granted just now says so', async () => {
    const found = bench.simulator.estate.roleAssignments?.find(({ scope }) =>
      scope.endsWith('/contoso-keys'),
    );
    if (!found) throw new Error('no assignment');
    found.grantedAt = Date.now();
    const rights = await rightsOf('contoso-chat');
    expect(rights.known && rights.grants.every(({ since }) => since === found.grantedAt)).toBe(true);
    delete found.grantedAt;
  });

  test('by access policies, and with a gap in them', async () => {
    expect(await rightsOf('lab-policies')).toMatchObject({
      missing: [],
      grants: [{ by: 'an access policy' }, {}, {}],
    });
    expect(await rightsOf('lab-policy-gap')).toMatchObject({ missing: ['wrapKey', 'unwrapKey'] });
  });

  test('that may not be read are a fault, not an absence', async () => {
    bench.simulator.faults.next({
      match: { path: 'roleAssignments' },
      fault: { status: 403, code: 'AuthorizationFailed' },
    });
    const state = await account('contoso-chat');
    if (!state.opener) throw new Error('no identity');
    const rights = await azure.vaults.rightsOn(await vaultOf('contoso-chat'), 'chat-cmk', state.opener);
    expect(faultIn(rights)).toMatchObject({
      kind: 'denied',
      action: 'Microsoft.Authorization/roleAssignments/read',
    });
  });
});

describe('a key', () => {
  test('that is sound', async () => {
    expect(await keyOf('contoso-chat')).toMatchObject({
      name: 'chat-cmk',
      version: 'b1'.repeat(16),
      type: 'RSA',
      bits: 2048,
      enabled: true,
      // beyond the 32 bits of seconds
      expires: Date.UTC(2100, 0, 1),
      activates: null,
      operations: expect.arrayContaining(['wrapKey', 'unwrapKey']),
    });
  });

  test('too small, too large for the older pages, or of the wrong type', async () => {
    expect((await keyOf('lab-narrow')).bits).toBe(1024);
    const { vault } = addressOf(await account('lab-narrow'));
    expect(valueOf(await azure.keys.read({ vault, name: 'wide', version: '' })).bits).toBe(4096);
    expect(await keyOf('lab-curve')).toMatchObject({
      type: 'EC',
      bits: null,
      operations: ['sign', 'verify'],
    });
    expect(valueOf(await azure.keys.read({ vault, name: 'signing', version: '' })).operations).toEqual([
      'sign',
      'verify',
    ]);
  });

  test('disabled, expired or not active yet', async () => {
    expect((await keyOf('lab-off')).enabled).toBe(false);
    expect((await keyOf('lab-lapsed')).expires).toBeLessThan(now());
    expect((await keyOf('lab-early')).activates).toBeGreaterThan(now());
  });
});
