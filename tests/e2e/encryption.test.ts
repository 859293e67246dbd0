import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { shown } from '../support/fakeTeams.ts';
import {
  carryOut,
  encryptionIn,
  encryptionPolicy,
  estateWithKeys,
  onlyVersion,
  openMove,
  planMove,
} from '../support/encryption.ts';
import { emittedBy, leaksIn, secretsOf } from '../support/emitted.ts';
import { ada, bo, chen, dana, type Keysmith, people, startKeysmith, unhurried } from '../support/keysmith.ts';
import { eventually } from '../support/records.ts';
import { words } from '../support/thread.ts';

const first = 'b1'.repeat(16);
const lab = 'contoso-lab-keys';
const names = ['move-existing', 'move-off', 'move-refused', 'move-granted', 'move-other', 'move-typed'];
let keysmith: Keysmith;
let azure: ReturnType<typeof encryptionIn>;

beforeAll(async () => {
  keysmith = await startKeysmith({
    simulator: {
      estate: estateWithKeys(...names),
      timing: { wrapTime: 600, grantDelay: 4000, keyLookedAt: 'afterAcceptance' },
      throttle: { reads: { capacity: 10_000, refillPerSecond: 1000 } },
    },
    policy: encryptionPolicy(people.map(({ name }) => name.toLowerCase())),
    environment: unhurried,
  });
  azure = encryptionIn(keysmith);
}, 60_000);
afterAll(() => keysmith.close(), 60_000);

test.concurrent(
  'a new version: it is made once, the account changed once; the old one disabled behind its back raises one alarm',
  async () => {
    const thread = await planMove(keysmith, 'contoso-chat', { option: 'newVersion' });
    expect(shown(await thread.says(/the plan is ready/))).toMatch(/<at>Bo<.*a new version of chat-cmk/s);
    await carryOut(thread, bo, chen);
    const { encryption } = azure.accountRow('contoso-chat');
    expect(encryption).toEqual({
      vault: 'contoso-keys',
      key: 'chat-cmk',
      version: azure.keyRow('chat-cmk').versions.at(-1)?.version,
    });
    expect(azure.done('contoso-chat', 'chat-cmk')).toEqual(['createKey', 'updateAccount', 'wrapData']);
    expect(thread.text()).toMatch(/nothing but the encryption changed/);

    const old = azure.versionRow('chat-cmk', first);
    old.enabled = false;
    expect(shown(await thread.says(/ALARM/))).toMatch(
      /chat-cmk, version b1b1b1b1… was disabled\. .*can become unreadable.* Enable it again in the vault now/,
    );
    await thread.shows(/1 key version needs somebody now/);
    const looked = () => keysmith.simulator.requests.filter(({ path }) => path.includes(first)).length;
    const before = looked();
    await eventually('further looks', () => looked() > before + 4);
    old.enabled = true;
    await thread.says(/in order again/);
    expect(thread.replies().filter((message) => shown(message).includes('ALARM'))).toHaveLength(1);
  },
);

test.concurrent('an existing key: nothing is made; rolled back, the account is where it was', async () => {
  const thread = await planMove(keysmith, 'move-existing', {
    option: azure.identifier(lab, 'move-existing-next'),
  });
  await thread.approve(bo, chen);
  await thread.shows(/Verified/);
  expect(azure.accountRow('move-existing').encryption).toMatchObject({ key: 'move-existing-next' });
  await thread.press(bo, 'Roll back');
  await thread.shows(/Rolled back/);
  expect(azure.accountRow('move-existing').encryption).toMatchObject({ key: 'move-existing-old' });
  expect(azure.done('move-existing', 'move-existing-next')).toEqual([
    ...['updateAccount', 'wrapData'],
    ...['updateAccount', 'wrapData'],
  ]);
  for (const key of ['move-existing-old', 'move-existing-next'])
    expect(azure.versionRow(key).tags).toHaveProperty('keysmith-guard');
});

test.concurrent('a new key, in a vault with access policies', async () => {
  const thread = await planMove(keysmith, 'lab-policies', { option: 'newKey', newName: 'lab-policies-next' });
  await carryOut(thread, bo, chen);
  expect(azure.keyRow('lab-policies-next')).toMatchObject({ kty: 'RSA', size: 2048, versions: [{}] });
  expect(azure.accountRow('lab-policies').encryption).toMatchObject({ key: 'lab-policies-next' });
  expect(azure.done('lab-policies', 'lab-policies-next')).toEqual(['createKey', 'updateAccount', 'wrapData']);
});

test.concurrent('out of the Microsoft-managed key: a door of its own, with three approvers', async () => {
  const thread = await planMove(keysmith, 'contoso-docs', {
    option: azure.identifier('contoso-keys', 'chat-spare'),
  });
  expect(thread.text()).toMatch(/A one-way door.*can’t be undone by anybody/s);
  await thread.approve(bo, chen);
  await thread.shows(/2 of 3/);
  expect(azure.done('contoso-docs', 'chat-spare')).toEqual([]);
  await thread.approve(dana);
  await thread.shows(/Verified/);
  expect(thread.text()).toMatch(/No Roll back: The account came from a Microsoft-managed key/);
  await thread.press(ada, 'Stay');
  await thread.shows(/Finished/);
  expect(azure.done('contoso-docs', 'chat-spare')).toEqual(['updateAccount', 'wrapData']);
});

test.concurrent(
  'an account that follows its key: making the version is the switch, and it is pinned',
  async () => {
    const thread = await planMove(keysmith, 'lab-auto-one', { option: 'newVersion' });
    expect(thread.text()).toMatch(/creating the version is the switch/);
    expect(thread.text()).toMatch(/lab-auto-two\s+· follows this key too/);
    await thread.approve(bo, chen);
    await thread.shows(/Verified/);
    // both followers, and no change of an account
    expect(azure.done('lab-auto-one', 'shared')).toEqual(['createKey', 'followKey', 'followKey']);
    await thread.press(ada, 'Pin');
    await thread.shows(/Finished: it is pinned to shared/);
    const newest = azure.keyRow('shared').versions.at(-1)?.version;
    expect(azure.accountRow('lab-auto-one').encryption?.version).toBe(newest);
    expect(azure.accountRow('lab-auto-two').encryption?.version).toBe('');
  },
);

test.concurrent('what can’t be read or used is refused on the card, and a person chooses again', async () => {
  const thread = await openMove(keysmith, 'move-typed');
  const press = async (inputs: Readonly<Record<string, string>>): Promise<string> =>
    words(await thread.press(ada, /Check (this )?key/, inputs));
  expect(await press({ identifier: 'http://example.org/keys/x' })).toMatch(/identifier/);
  expect(await press({ option: 'newKey', newName: 'no good' })).toMatch(/name/);
  await press({ identifier: azure.identifier('contoso-keys', 'chat-spare') });
  await thread.shows(/Can’t be used: chat-spare/);
  expect(thread.text()).toMatch(/vault/i);
  expect(shown(await thread.says(/can't be used/))).toMatch(/Nothing was changed\.$/);
  await press({ option: azure.identifier(lab, 'move-typed-next'), identifier: '' });
  await thread.shows(/approvals needed/);
  expect(azure.done('move-typed', 'move-typed-next')).toEqual([]);
});

test.concurrent(
  'a key that is disabled between the vote and the change halts it, and Retry goes on',
  async () => {
    const thread = await planMove(keysmith, 'move-off', { option: azure.identifier(lab, 'move-off-next') });
    azure.versionRow('move-off-next').enabled = false;
    await thread.approve(bo, chen);
    await thread.shows(/Halted/);
    expect(thread.text()).toMatch(/move-off-next.* disabled/);
    expect(azure.done('move-off', 'move-off-next')).toEqual([]);
    azure.versionRow('move-off-next').enabled = true;
    await thread.press(bo, 'Retry');
    await eventually('the gate or the end', () => /approvals needed|Verified/.test(thread.text()));
    if (/approvals needed/.test(thread.text())) await thread.approve(bo, chen);
    await thread.shows(/Verified/);
    expect(azure.done('move-off', 'move-off-next')).toEqual(['updateAccount', 'wrapData']);
  },
);

test.concurrent(
  'a change that is refused after its acceptance shows Azure’s own reason, and Retry goes on',
  async () => {
    const thread = await planMove(keysmith, 'move-refused', {
      option: azure.identifier(lab, 'move-refused-next'),
    });
    const deaf = keysmith.simulator.onEffect(({ kind, target }) => {
      if (kind !== 'updateAccount' || target !== 'move-refused') return;
      deaf();
      azure.versionRow('move-refused-next').enabled = false;
    });
    await thread.approve(bo, chen);
    await thread.shows(/Halted/);
    expect(thread.text()).toMatch(/Key version not supported/);
    expect(azure.accountRow('move-refused').encryption).toMatchObject({ key: 'move-refused-old' });
    azure.versionRow('move-refused-next').enabled = true;
    await thread.press(bo, 'Retry');
    await thread.shows(/Verified/);
    expect(azure.accountRow('move-refused').encryption).toMatchObject({
      key: 'move-refused-next',
      version: onlyVersion,
    });
  },
);

test.concurrent('a right that was granted a moment ago is waited for, and it goes on by itself', async () => {
  const thread = await planMove(keysmith, 'move-granted', {
    option: azure.identifier(lab, 'move-granted-next'),
  });
  const { identity } = azure.accountRow('move-granted');
  const row = keysmith.simulator.estate.roleAssignments?.find(
    ({ principalId }) => principalId === identity?.principalId,
  );
  Object.assign(row ?? {}, { grantedAt: Date.now() });
  await thread.approve(bo, chen);
  await thread.shows(/Waits for a right to come into force/);
  await thread.shows(/Verified/);
  // however often it was tried
  expect(thread.replies().filter((one) => /try again by myself/.test(shown(one)))).toHaveLength(1);
});

test.concurrent(
  'somebody else changes the key in between: nothing is sent, and all is asked again',
  async () => {
    const { simulator } = keysmith;
    const thread = await planMove(keysmith, 'move-other', {
      option: azure.identifier(lab, 'move-other-next'),
    });
    simulator.changeByHand('move-other', {
      properties: {
        encryption: {
          keySource: 'Microsoft.KeyVault',
          keyVaultProperties: {
            keyName: 'cmk',
            keyVaultUri: simulator.vaultUrl(lab),
            keyVersion: onlyVersion,
          },
        },
      },
    });
    await eventually(
      'the end of that',
      () => azure.accountRow('move-other').provisioningState === 'Succeeded',
    );
    await thread.approve(bo, chen);
    await thread.shows(/Halted/);
    expect(thread.text()).toMatch(/cmk/);
    expect(azure.done('move-other', 'move-other-next').filter((kind) => kind === 'wrapData')).toHaveLength(1);
    await thread.press(bo, 'Retry');
    await thread.shows(/2 approvals needed/);
    expect(thread.text()).toMatch(/From\s+cmk, version a1a1a1a1…/);
    await thread.approve(bo, chen);
    await thread.shows(/Verified/);
  },
);

test('nothing that the program emitted meanwhile holds a key, a token or a stack trace', async () => {
  expect(leaksIn(await emittedBy(keysmith), secretsOf(keysmith))).toEqual([]);
});
