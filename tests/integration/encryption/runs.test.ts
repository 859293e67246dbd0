import { expect, test } from '@jest/globals';
import { vaultId } from '../../../src/simulator/rows.ts';
import { ada, becomesTrue, bo, chen, dana, encryptionBench } from './bench.ts';

const at = encryptionBench();
const old = 'b1'.repeat(16);

test('a new version: made once, the account pointed at it once, both versions guarded', async () => {
  const id = await at.plan('contoso-chat', { of: 'newVersion' });
  await at.approve(id);
  const settling = await at.until(id, 'settling');
  const { created, guarded, dataPlane, differences } = settling;
  expect(at.accountRow('contoso-chat').encryption).toMatchObject({
    key: 'chat-cmk',
    version: created?.version,
  });
  expect(created?.version).not.toBe(old);
  expect(dataPlane).toMatch(/answers 200/);
  expect(differences).toEqual([]);
  expect(guarded.map(({ key, tagged }) => [key.version, tagged])).toEqual([
    [old, true],
    [created?.version, true],
  ]);
  const [, before, made] = at.keyRow('chat-cmk').versions;
  expect(before?.tags).toMatchObject({ 'keysmith-guard': `contoso-chat ${id}` });
  expect(made?.tags).toMatchObject({ keysmith: id, 'keysmith-guard': `contoso-chat ${id}` });
  // three years, as the vault's own rotation policy says
  expect(((made?.expires ?? 0) * 1000 - Date.now()) / 86_400_000).toBeGreaterThan(1000);
  expect(await at.stay(id)).toMatchObject({ phase: { outcome: 'moved' } });
  expect([at.count('createKey'), at.count('updateAccount'), at.count('wrapData')]).toEqual([1, 1, 1]);
}, 30_000);

test('an existing key: nothing is made; rolled back, the account is where it was', async () => {
  const { encryption } = at.accountRow('contoso-chat');
  const id = await at.plan('contoso-chat', at.existing('chat-spare'));
  await at.approve(id);
  const settling = await at.until(id, 'settling');
  expect(at.accountRow('contoso-chat').encryption).toMatchObject({ key: 'chat-spare' });
  await at.say(bo, { say: 'rollBack', rotation: id, stage: settling.phase.stage });
  const done = await at.until(id, 'completed');
  expect(done.phase.outcome).toBe('rolledBack');
  expect(at.accountRow('contoso-chat').encryption).toEqual(encryption);
  expect(done.guarded.map(({ key }) => key.name)).toEqual(expect.arrayContaining(['chat-spare', 'chat-cmk']));
  expect([at.count('createKey'), at.count('updateAccount')]).toEqual([0, 2]);
}, 30_000);

test('a new key, as the policy says', async () => {
  const id = await at.plan('contoso-chat', at.newKey('chat-next'));
  await at.approve(id);
  const done = await at.stay(id);
  expect(at.keyRow('chat-next')).toMatchObject({ kty: 'RSA', size: 2048 });
  expect(at.accountRow('contoso-chat').encryption).toMatchObject({
    key: 'chat-next',
    version: done.created?.version,
  });
  // every version that the account ever used, not only those of this rotation
  expect(done.guarded.map(({ key }) => key.name)).toEqual(
    expect.arrayContaining(['chat-next', 'chat-cmk', 'chat-spare']),
  );
  expect(done.guarded.map(({ key }) => key.version)).toContain(old);
  expect([at.count('createKey'), at.count('updateAccount')]).toEqual([1, 1]);
}, 30_000);

test('from a key of Microsoft: through the gate of its own, with no way back', async () => {
  const row = at.accountRow('contoso-vision');
  row.identity = { type: 'SystemAssigned', principalId: '7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e4999' };
  at.simulator.estate.roleAssignments?.push({
    name: '7d1f2a60-0c55-4e5b-9b1f-3c1d5a7e4999',
    scope: vaultId(at.vaultRow()),
    principalId: '7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e4999',
    role: '12338af0-0e69-4776-bea7-57ae8d297424',
  });
  const id = await at.plan('contoso-vision', at.existing('chat-spare'));
  expect((await at.rotation(id)).phase).toMatchObject({ gate: 'oneWay' });
  await at.approve(id, bo, chen);
  expect((await at.rotation(id)).phase.at).toBe('awaitingApproval');
  await at.approve(id, dana);
  const settling = await at.until(id, 'settling');
  expect(row.encryption).toMatchObject({ vault: 'contoso-keys', key: 'chat-spare' });
  expect(settling.differences).toEqual([]);
  expect(
    await at.bench.say(bo, { say: 'rollBack', rotation: id, stage: settling.phase.stage }),
  ).toMatchObject({
    refusal: 'notSafeNow',
  });
  expect(await at.stay(id)).toMatchObject({ phase: { outcome: 'moved' } });
  expect(at.count('updateAccount')).toBe(1);
}, 30_000);

test('an account that follows its key: making the version is the switch; then it can be pinned', async () => {
  const id = await at.plan('lab-auto-one', { of: 'newVersion' });
  await at.approve(id);
  const settling = await at.until(id, 'settling');
  expect(at.accountRow('lab-auto-one').encryption?.version).toBe('');
  expect([at.count('createKey'), at.count('updateAccount')]).toEqual([1, 0]);
  // the other follower moved with it: the plan had named it
  expect(settling.plan?.followers).toEqual(['lab-auto-two']);
  await at.say(ada, { say: 'choose', rotation: id, choice: 'pin' });
  const done = await at.until(id, 'completed');
  expect(done.phase.outcome).toBe('pinned');
  expect(at.accountRow('lab-auto-one').encryption?.version).toBe(done.created?.version);
  expect(at.count('updateAccount')).toBe(1);
}, 30_000);

test('an account that follows its key: rolled back, it is pinned to the version from before', async () => {
  const { versions } = at.keyRow('shared', 'contoso-lab-keys');
  const before = versions.at(-1)?.version;
  const id = await at.plan('lab-auto-two', { of: 'newVersion' });
  await at.approve(id);
  const settling = await at.until(id, 'settling');
  await at.say(bo, { say: 'rollBack', rotation: id, stage: settling.phase.stage });
  expect(await at.until(id, 'completed')).toMatchObject({ phase: { outcome: 'rolledBack' } });
  expect(at.accountRow('lab-auto-two').encryption?.version).toBe(before);
}, 30_000);

test('what a check refuses is asked anew, and can be chosen once it is mended', async () => {
  const id = await at.open('contoso-chat');
  await at.say(ada, { say: 'chooseKey', rotation: id, choice: at.existing('off') });
  await becomesTrue(async () => (await at.until(id, 'choosingKey')).phase.unfit !== undefined);
  Object.assign(at.keyRow('off').versions[0] ?? {}, { enabled: true });
  await at.retry(id);
  await at.until(id, 'awaitingApproval');
  await at.say(ada, { say: 'cancel', rotation: id });
  expect(await at.until(id, 'ended')).toMatchObject({ phase: { says: 'Nothing was changed in Azure.' } });
}, 30_000);

test('in all this every version of a key was wrapped once, and no account could not be read', () => {
  expect(at.simulator.effects.filter(({ kind }) => kind === 'updateFailed')).toEqual([]);
});
