import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { KeyClient } from '@azure/keyvault-keys';
import { startAzure, type Answered, type Azure } from './support.ts';

/** Keys, vaults and roles, met by the real SDK client and as ARM shows them. */
let azure: Azure;
let keys: KeyClient;
let at: number;
beforeAll(async () => {
  at = Date.UTC(2026, 0, 31);
  azure = await startAzure({ now: () => at, pageSize: 3 });
  keys = clientOf('contoso-keys');
});
afterAll(async () => {
  await azure[Symbol.asyncDispose]();
});

const clientOf = (vault: string): KeyClient =>
  new KeyClient(azure.simulator.vaultUrl(vault), azure.credential, {
    disableChallengeResourceVerification: true,
  });

const names = async (rows: AsyncIterable<{ name: string }>): Promise<string[]> => {
  const all: string[] = [];
  for await (const { name } of rows) all.push(name);
  return all;
};

describe('a key', () => {
  test('is made with type, size, operations, times and tags, and again as a version', async () => {
    const expiresOn = new Date('2030-01-01T00:00:00Z');
    const first = await keys.createRsaKey('fresh', {
      keySize: 3072,
      keyOps: ['wrapKey', 'unwrapKey'],
      expiresOn,
      tags: { a: 'b' },
    });
    expect(first).toMatchObject({
      keyType: 'RSA',
      keyOperations: ['wrapKey', 'unwrapKey'],
      properties: { expiresOn, tags: { a: 'b' } },
    });
    expect(first.key?.n).toHaveLength(384);
    const second = await keys.createEcKey('fresh', { curve: 'P-384' });
    expect(second).toMatchObject({ keyType: 'EC', key: { crv: 'P-384' } });
    expect((await keys.getKey('fresh')).properties.version).toBe(second.properties.version);
    expect((await keys.getKey('fresh', { version: first.properties.version ?? '' })).keyType).toBe('RSA');
    expect(azure.simulator.effects.map(({ kind, version }) => [kind, version])).toEqual([
      ['createKey', first.properties.version],
      ['createKey', second.properties.version],
    ]);
  });

  test('is refused with a size or type that the vault does not take', async () => {
    await expect(keys.createRsaKey('bad', { keySize: 1024 })).rejects.toMatchObject({
      statusCode: 400,
      code: 'BadParameter',
    });
    await expect(keys.createRsaKey('bad', { hsm: true })).rejects.toMatchObject({ statusCode: 400 });
    const hsm = await clientOf('contoso-lab-hsm').createRsaKey('good', { hsm: true });
    expect(hsm.keyType).toBe('RSA-HSM');
  });

  test('is rotated as its policy says, but not while it is disabled', async () => {
    const policy = await keys.getKeyRotationPolicy('chat-cmk');
    expect(policy).toMatchObject({
      expiresIn: 'P3Y',
      lifetimeActions: [
        { action: 'Rotate', timeAfterCreate: 'P2Y' },
        { action: 'Notify', timeBeforeExpiry: 'P30D' },
      ],
    });
    const rotated = await keys.rotateKey('chat-cmk');
    expect(rotated.properties.expiresOn).toEqual(new Date(Date.UTC(2029, 0, 31)));
    await expect(keys.rotateKey('off')).rejects.toMatchObject({ statusCode: 403 });
    // without a policy of its own there is a notice, and no expiry
    expect(await keys.getKeyRotationPolicy('chat-spare')).toMatchObject({
      lifetimeActions: [{ action: 'Notify' }],
    });
    expect((await keys.rotateKey('chat-spare')).properties.expiresOn).toBeUndefined();
  });

  test('takes no policy below the minimum', async () => {
    const policy = (days: number, expiresIn: string) =>
      keys.updateKeyRotationPolicy('chat-spare', {
        expiresIn,
        lifetimeActions: [{ action: 'Rotate', timeAfterCreate: `P${days}D` }],
      });
    await expect(policy(6, 'P90D')).rejects.toMatchObject({ statusCode: 403 });
    const grants = azure.simulator.estate.principals[0]?.grants ?? [];
    for (const grant of grants)
      grant.dataActions?.push('Microsoft.KeyVault/vaults/keyrotationpolicies/write');
    await expect(policy(6, 'P90D')).rejects.toMatchObject({ statusCode: 400 });
    await expect(policy(7, 'P27D')).rejects.toMatchObject({ statusCode: 400 });
    await expect(policy(7, 'P28D')).resolves.toMatchObject({ expiresIn: 'P28D' });
  });

  test('has its attributes and tags changed, version by version', async () => {
    const version = 'c0'.repeat(16);
    await keys.updateKeyProperties('chat-cmk', version, { tags: { keep: 'yes' } });
    const changed = await keys.updateKeyProperties('chat-cmk', version, { enabled: false });
    expect(changed.properties).toMatchObject({
      enabled: false,
      tags: { keep: 'yes' },
      updatedOn: new Date(at),
    });
    expect((await keys.getKey('chat-cmk')).properties.enabled).toBe(true);
    expect(azure.simulator.effects.at(-1)).toMatchObject({ kind: 'updateKey', key: 'chat-cmk', version });
  });

  test('is listed page by page, and its versions in the order of their names', async () => {
    for (let index = 0; index < 30; index += 1) await keys.createRsaKey('many');
    const versions: string[] = [];
    for await (const { version = '' } of keys.listPropertiesOfKeyVersions('many')) versions.push(version);
    expect(versions).toHaveLength(30);
    expect(versions).toEqual(versions.toSorted());
    expect(await names(keys.listPropertiesOfKeys())).toEqual(
      expect.arrayContaining(['chat-cmk', 'many', 'off']),
    );
  });

  test('that is deleted is gone but can be recovered, and its name is taken', async () => {
    const grants = azure.simulator.estate.principals[0]?.grants ?? [];
    for (const grant of grants) grant.dataActions?.push('Microsoft.KeyVault/vaults/keys/*');
    await keys.beginDeleteKey('fresh');
    await expect(keys.getKey('fresh')).rejects.toMatchObject({ statusCode: 404, code: 'KeyNotFound' });
    await expect(keys.createRsaKey('fresh')).rejects.toMatchObject({ statusCode: 409 });
    expect((await keys.getDeletedKey('fresh')).properties.scheduledPurgeDate).toEqual(
      new Date(at + 90 * 86_400_000),
    );
    expect(await names(keys.listDeletedKeys())).toEqual(['fresh']);
    await keys.beginRecoverDeletedKey('fresh');
    await expect(keys.getKey('fresh')).resolves.toMatchObject({ name: 'fresh' });
  });
});

describe('a vault', () => {
  test('keeps out by firewall, by policy and by tenant, each in its own words', async () => {
    const walled = azure.simulator.estate.vaults.find(({ name }) => name === 'contoso-lab-walled');
    await expect(clientOf('contoso-lab-walled').getKey('cmk')).resolves.toBeDefined();
    if (walled?.network) walled.network.ipRules = [];
    await expect(clientOf('contoso-lab-walled').getKey('cmk')).rejects.toMatchObject({
      statusCode: 403,
      details: { error: { innerError: { code: 'ForbiddenByFirewall' } } },
    });
    await expect(clientOf('contoso-lab-policies').getKey('cmk')).resolves.toBeDefined();
    await expect(clientOf('contoso-lab-policies').beginDeleteKey('cmk')).rejects.toMatchObject({
      statusCode: 403,
      details: { error: { innerError: { code: 'ForbiddenByPolicy' } } },
      message: expect.stringContaining('does not have keys delete permission'),
    });
    await expect(clientOf('contoso-lab-foreign').getKey('cmk')).rejects.toMatchObject({ statusCode: 401 });
  });

  test('is listed in its subscription and shows what protects it', async () => {
    const development = azure.simulator.estate.subscriptions[1]?.id ?? '';
    const found: { name: string; properties: Record<string, unknown> }[] = [];
    let path = `/subscriptions/${development}/providers/Microsoft.KeyVault/vaults?api-version=2024-11-01`;
    while (path !== '') {
      const { status, body } = await azure.arm('GET', path);
      expect(status).toBe(200);
      found.push(...(body.value as typeof found));
      path = String(body.nextLink ?? '').replace(azure.simulator.url, '');
    }
    expect(found).toHaveLength(5);
    const properties = (name: string) => found.find((row) => row.name === name)?.properties;
    expect(properties('contoso-lab-keys')).toMatchObject({
      enableSoftDelete: true,
      enablePurgeProtection: true,
      enableRbacAuthorization: true,
    });
    // ARM leaves a property out that was never set
    expect(properties('contoso-lab-purgeable')).not.toHaveProperty('enablePurgeProtection');
    expect(properties('contoso-lab-walled')).toMatchObject({
      networkAcls: { bypass: 'None', defaultAction: 'Deny' },
    });
    expect(properties('contoso-lab-policies')).toMatchObject({
      enableRbacAuthorization: false,
      accessPolicies: [{}, {}, {}],
    });
    const hsms = await azure.arm(
      'GET',
      `/subscriptions/${development}/providers/Microsoft.KeyVault/managedHSMs?api-version=2024-11-01`,
    );
    expect(hsms.body.value).toMatchObject([
      { type: 'Microsoft.KeyVault/managedHSMs', properties: { hsmUri: expect.any(String) } },
    ]);
  });

  test('is read alone, and shows the roles that count at it', async () => {
    const { subscriptions, roleAssignments } = azure.simulator.estate;
    const vault = `/subscriptions/${subscriptions[0]?.id ?? ''}/resourceGroups/contoso-security/providers/Microsoft.KeyVault/vaults/contoso-keys`;
    expect((await azure.arm('GET', `${vault}?api-version=2024-11-01`)).body.name).toBe('contoso-keys');
    expect((await azure.arm('GET', `${vault}-gone?api-version=2024-11-01`)).status).toBe(404);
    const principal = roleAssignments?.find(({ scope }) => scope === vault)?.principalId ?? '';
    const assigned = async (filter: string): Promise<Answered['body']> =>
      (
        await azure.arm(
          'GET',
          `${vault}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01&$filter=${encodeURIComponent(filter)}`,
        )
      ).body;
    const { value } = await assigned(`assignedTo('${principal}')`);
    expect(value).toHaveLength(1);
    expect((await assigned(`atScope() and assignedTo('${principal}')`)).value).toHaveLength(1);
    expect((await assigned("assignedTo('somebody')")).value).toEqual([]);
    expect((await assigned('nonsense')).error.code).toBe('InvalidFilter');
    const role = await azure.arm('GET', `${value[0].properties.roleDefinitionId}?api-version=2022-04-01`);
    expect(role.body.properties).toMatchObject({ roleName: 'Key Vault Crypto User', type: 'BuiltInRole' });
    const none = await azure.arm('GET', `${value[0].properties.roleDefinitionId}0?api-version=2022-04-01`);
    expect(none.body.error.code).toBe('RoleDefinitionDoesNotExist');
  });
});
