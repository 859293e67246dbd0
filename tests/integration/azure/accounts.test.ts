import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { faultIn, startBench, valueOf, type Bench } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench({ pageSize: 2 });
});
afterEach(() => bench.simulator.faults.clear());
afterAll(async () => bench[Symbol.asyncDispose]());

describe('find', () => {
  test('reads every page of every subscription', async () => {
    const { found, otherNames } = valueOf(await bench.azure.accounts.find('Contoso-Chat'));
    expect(found).toEqual([bench.account('contoso-chat')]);
    const all = new Set(bench.simulator.estate.accounts.map(({ name }) => name));
    expect(new Set([...otherNames, 'contoso-chat'])).toEqual(all);
    expect(otherNames).toContain('contoso-chat-dev');
  });

  test('gives both accounts of an ambiguous name, and one when the group is named', async () => {
    expect(valueOf(await bench.azure.accounts.find('contoso-twin')).found).toHaveLength(2);
    const one = valueOf(await bench.azure.accounts.find('contoso-ai-east/contoso-twin'));
    expect(one.found.map(({ location }) => location)).toEqual(['eastus2']);
    expect(one.otherNames).toContain('contoso-ai/contoso-twin');
  });

  test('takes a subscription by its name or its id', async () => {
    const { subscriptionId, subscriptionName } = bench.account('contoso-chat-dev');
    for (const subscription of [subscriptionId.toUpperCase(), subscriptionName]) {
      const name = `${subscription}/contoso-ai-dev/contoso-chat-dev`;
      expect(valueOf(await bench.azure.accounts.find(name)).found).toHaveLength(1);
    }
    const elsewhere = await bench.azure.accounts.find('Contoso Production/contoso-ai-dev/contoso-chat-dev');
    expect(valueOf(elsewhere).found).toEqual([]);
  });

  test('does not say "no such account" while a subscription could not be read', async () => {
    const { subscriptionId } = bench.account('contoso-chat');
    const path = `/subscriptions/${subscriptionId}/providers`;
    bench.simulator.faults.next({
      match: { path },
      fault: { status: 403, code: 'AuthorizationFailed' },
      times: 9,
    });
    expect(faultIn(await bench.azure.accounts.find('contoso-chat')).kind).toBe('denied');
    expect(valueOf(await bench.azure.accounts.find('contoso-chat-dev')).found).toHaveLength(1);
  });
});

test('read says what decides whether a rotation can be safe', async () => {
  const read = async (name: string) => valueOf(await bench.azure.accounts.read(bench.account(name).id));
  expect(await read('contoso-chat')).toEqual({
    account: bench.account('contoso-chat'),
    provisioningState: 'Succeeded',
    localAuthDisabled: false,
    publicNetwork: true,
    encryptionKey: {
      vault: `${bench.simulator.vaultUrl('contoso-keys')}/`,
      name: 'chat-cmk',
      version: 'b1'.repeat(16),
    },
  });
  expect(await read('contoso-vision')).not.toHaveProperty('encryptionKey');
  expect((await read('contoso-noauth')).localAuthDisabled).toBe(true);
  expect((await read('contoso-private')).publicNetwork).toBe(false);
  expect((await read('contoso-moving')).provisioningState).toBe('Moving');
  // an adapter that has not listed the subscriptions yet knows their names all the same
  const fresh = await bench.open({}).accounts.read(bench.account('contoso-chat').id);
  expect(valueOf(fresh).account.subscriptionName).toBe('Contoso Production');
});

test('an account that is gone is missing', async () => {
  const { id } = bench.account('contoso-chat');
  const gone = await bench.azure.accounts.read(`${id}-gone` as typeof id);
  expect(faultIn(gone)).toMatchObject({ kind: 'missing', code: 'ResourceNotFound' });
});

test('locks of the account and above it count, those below and beside it do not', async () => {
  const { id, subscriptionId } = bench.account('contoso-locked');
  expect(valueOf(await bench.azure.accounts.locks(id))).toEqual([{ name: 'freeze', level: 'ReadOnly' }]);
  const { locks } = bench.simulator.estate;
  locks.push({ name: 'keep', level: 'CanNotDelete', scope: `/subscriptions/${subscriptionId}` });
  expect(valueOf(await bench.azure.accounts.locks(id)).map(({ name }) => name)).toEqual(['freeze', 'keep']);
  expect(valueOf(await bench.azure.accounts.locks(bench.account('contoso-chat').id))).toEqual([
    { name: 'keep', level: 'CanNotDelete' },
  ]);
  locks.pop();
});

test('missingActions evaluates wildcards, and notActions within their own role only', async () => {
  const { id, subscriptionId } = bench.account('contoso-chat');
  const listKeys = 'Microsoft.CognitiveServices/accounts/listKeys/action';
  const regenerate = 'Microsoft.CognitiveServices/accounts/regenerateKey/action';
  const missing = async (): Promise<readonly string[]> =>
    valueOf(
      await bench.azure.accounts.missingActions(id, [
        listKeys,
        regenerate,
        'Microsoft.Insights/metrics/read',
      ]),
    );
  expect(await missing()).toEqual([]);

  const service = bench.simulator.estate.principals[0];
  if (!service) throw new Error('no principal');
  const { grants } = service;
  const scope = `/subscriptions/${subscriptionId}`;
  const contributor = {
    scope,
    actions: ['microsoft.cognitiveservices/*', '*/read'],
    notActions: ['Microsoft.CognitiveServices/*/regenerateKey/action'],
  };
  service.grants = [contributor];
  expect(await missing()).toEqual([regenerate]);
  service.grants = [contributor, { scope, actions: ['Microsoft.CognitiveServices/accounts/*/action'] }];
  expect(await missing()).toEqual([]);
  service.grants = grants;
});

describe('encryptionTrouble', () => {
  const trouble = async (version: string): Promise<string | null> => {
    const state = valueOf(await bench.azure.accounts.read(bench.account('contoso-chat').id));
    const encryptionKey = { vault: `${bench.vault}/`, name: 'contoso-cmk', version };
    return valueOf(await bench.azure.accounts.encryptionTrouble({ ...state, encryptionKey }));
  };
  const current = () => {
    const version = bench.simulator.estate.vaults[0]?.keys[0]?.versions[0];
    if (!version) throw new Error('no key');
    return version;
  };

  test('there is none with a sound key, by version or the newest, or with a key of Microsoft', async () => {
    expect(await trouble(current().version)).toBeNull();
    expect(await trouble('')).toBeNull();
    const state = valueOf(await bench.azure.accounts.read(bench.account('contoso-vision').id));
    expect(valueOf(await bench.azure.accounts.encryptionTrouble(state))).toBeNull();
  });

  test('a disabled, an expired and a missing key are told apart', async () => {
    current().enabled = false;
    expect(await trouble('')).toContain('disabled');
    current().enabled = true;
    current().expires = 1_600_000_000;
    expect(await trouble('')).toContain('expired on 2020-09-13');
    delete current().expires;
    expect(await trouble('ffffffffffffffffffffffffffffffff')).toContain('does not exist');
  });
});
