import { describe, expect, test } from '@jest/globals';
import type { RotationId } from '../../../src/domain/ids.ts';
import type { Fault } from '../../../src/simulator/faults.ts';
import { ada, becomesTrue, bo, encryptionBench } from './bench.ts';

const at = encryptionBench({}, { rightWithin: 2500 });
const chat = 'contoso-chat';

const lose = (what: 'create' | 'patch', fault: Fault, times = 1): void =>
  at.simulator.faults.next({
    match:
      what === 'create'
        ? { method: 'POST', path: /\/keys\/[\w-]+\/create/ }
        : { method: 'PATCH', path: `/accounts/${chat}` },
    fault,
    times,
  });

const encryption = () => at.accountRow(chat).encryption;
const grantOf = (account: string) => {
  const { principalId } = at.accountRow(account).identity ?? {};
  const grant = at.simulator.estate.roleAssignments?.find((row) => row.principalId === principalId);
  if (!grant) throw new Error('no grant');
  return grant;
};

/** Moves back and forth between two sound keys, so that each test has somewhere to go. */
const elsewhere = () => at.existing(encryption()?.key === 'chat-spare' ? 'cmk-two' : 'chat-spare');
const plan = async (): Promise<RotationId> => {
  const { keys } = at.vaultRow();
  const spare = at.keyRow('chat-spare');
  if (!keys.some(({ name }) => name === 'cmk-two')) keys.push({ ...structuredClone(spare), name: 'cmk-two' });
  return at.plan(chat, elsewhere());
};
const halted = async (id: RotationId) => (await at.until(id, 'halted')).phase;
const isMoved = async (id: RotationId): Promise<void> => {
  const done = await at.stay(id);
  expect(done.phase.outcome).toBe('moved');
  expect(encryption()).toMatchObject({
    key: done.heading?.version.name,
    version: done.heading?.version.version,
  });
  expect(at.accountRow(chat).provisioningState).toBe('Succeeded');
};

describe('an answer that is lost', () => {
  test.each(['lostAfter', 'partialBody'] as const)(
    'of the creation (%s): the version is found by its tag',
    async (fault) => {
      lose('create', fault);
      const id = await at.plan(chat, { of: 'newVersion' });
      await at.approve(id);
      await isMoved(id);
      expect([at.count('createKey'), at.count('updateAccount')]).toEqual([1, 1]);
      expect((await at.rotation(id)).remarks.join()).toMatch(/creation of .* was lost/);
    },
    30_000,
  );

  test('of a creation that never arrived: it is sent again, once', async () => {
    lose('create', 'lostBefore');
    const id = await at.plan(chat, { of: 'newVersion' });
    await at.approve(id);
    await isMoved(id);
    expect([at.count('createKey'), at.count('updateAccount')]).toEqual([1, 1]);
  }, 30_000);

  test.each([100, 3000])(
    'of the change, which takes %d ms: the account shows it',
    async (wrapTime) => {
      lose('patch', 'lostAfter');
      at.simulator.timing.wrapTime = wrapTime;
      const id = await plan();
      await at.approve(id);
      await isMoved(id);
      expect(at.count('updateAccount')).toBe(1);
      expect((await at.rotation(id)).remarks.join()).toMatch(/change of the encryption key was lost/);
    },
    30_000,
  );

  test('of a change that never arrived: the same body is sent again, once', async () => {
    lose('patch', 'lostBefore');
    const id = await plan();
    await at.approve(id);
    await isMoved(id);
    expect(at.count('updateAccount')).toBe(1);
  }, 30_000);

  test.each([
    ['that Azure has forgotten', { status: 404, code: 'NotFound' }],
    ['that Keysmith may not ask', { status: 403, code: 'AuthorizationFailed' }],
  ])(
    'of an operation %s: the account says how it came out',
    async (_what, fault) => {
      at.simulator.faults.next({ match: { path: '/operationResults/' }, fault, times: 1000 });
      const id = await plan();
      await at.approve(id);
      await isMoved(id);
      expect(at.count('updateAccount')).toBe(1);
    },
    20_000,
  );
});

describe('a change that Azure refuses', () => {
  test.each(['atOnce', 'afterAcceptance'] as const)(
    '%s: the real reason stands on the card, and Retry goes on',
    async (keyLookedAt) => {
      at.simulator.timing.keyLookedAt = keyLookedAt;
      const id = await plan();
      at.vaultRow().purgeProtection = false;
      const before = encryption();
      await at.approve(id);
      const { fault } = await halted(id);
      expect(fault.says).toContain('The encryption key must be recoverable and not purgeable.');
      expect(encryption()).toEqual(before);
      at.vaultRow().purgeProtection = true;
      await at.retry(id);
      await isMoved(id);
    },
    30_000,
  );

  test('a right that was granted a minute ago is waited for, and it goes on by itself', async () => {
    at.simulator.timing.grantDelay = 61_500;
    const grant = grantOf(chat);
    grant.grantedAt = Date.now() - 60_000;
    const id = await plan();
    expect(
      (await at.rotation(id)).plan?.checks.find(({ name }) => name === 'Rights on the key')?.verdict,
    ).toBe('warn');
    await at.approve(id);
    await isMoved(id);
    expect(at.count('updateAccount')).toBe(1);
    delete grant.grantedAt;
  }, 30_000);

  test('rights that are lost half-way: waited for, then halted with the reason; given back, Retry goes on', async () => {
    const grant = grantOf(chat);
    const { role } = grant;
    const id = await plan();
    grant.role = '21090545-7ca7-4776-b22c-e363652d74d2';
    await at.approve(id);
    const { fault } = await halted(id);
    expect(fault).toMatchObject({
      kind: 'denied',
      says: expect.stringMatching(/own identity may not use that key.*does not have wrapKey, unwrapKey/),
    });
    expect(at.count('updateAccount')).toBe(0);
    grant.role = role;
    await at.retry(id);
    await isMoved(id);
    expect(at.count('updateAccount')).toBe(1);
  }, 30_000);

  test('rights that are lost after the acceptance: the change is made again once they are back', async () => {
    at.simulator.timing.keyLookedAt = 'afterAcceptance';
    const grant = grantOf(chat);
    const { role } = grant;
    const from = encryption();
    const id = await plan();
    grant.role = '21090545-7ca7-4776-b22c-e363652d74d2';
    await at.approve(id);
    await becomesTrue(async () => (await at.rotation(id)).rightAwaitedSince !== undefined);
    expect(encryption()).toEqual(from);
    grant.role = role;
    await isMoved(id);
    expect(at.simulator.effects.filter(({ kind }) => kind === 'wrapData').length).toBeGreaterThan(0);
  }, 30_000);

  test('a right to make keys that is missing halts before anything was changed; given, Retry goes on', async () => {
    const id = await at.plan(chat, { of: 'newVersion' });
    const grants = at.simulator.estate.principals[0]?.grants ?? [];
    const create = 'Microsoft.KeyVault/vaults/keys/create/action';
    for (const { dataActions = [] } of grants) dataActions.splice(dataActions.indexOf(create), 1);
    await at.approve(id);
    const { fault, stage } = await halted(id);
    expect([stage, fault.kind, fault.action]).toEqual(['createKeyVersion', 'denied', create]);
    for (const { dataActions } of grants) dataActions?.push(create);
    await at.retry(id);
    await isMoved(id);
    expect([at.count('createKey'), at.count('updateAccount')]).toEqual([1, 1]);
  }, 30_000);

  test('a right of Keysmith itself that was taken away halts at once and is named', async () => {
    const id = await plan();
    const grants = at.simulator.estate.principals[0]?.grants ?? [];
    const write = 'Microsoft.CognitiveServices/accounts/write';
    for (const { actions } of grants) actions.splice(actions.indexOf(write), 1);
    await at.approve(id);
    const { fault } = await halted(id);
    expect(fault).toMatchObject({ kind: 'denied', action: write, says: expect.stringContaining(write) });
    for (const { actions } of grants) actions.push(write);
    await at.retry(id);
    await isMoved(id);
  }, 30_000);
});

describe('what changes between the approval and the change', () => {
  const target = () => at.keyRow(encryption()?.key === 'chat-spare' ? 'cmk-two' : 'chat-spare');
  type Trouble = Readonly<{ what: string; break: () => unknown; mend: () => unknown; says: RegExp }>;
  const version = () => {
    const found = target().versions[0];
    if (!found) throw new Error('no version');
    return found;
  };
  const troubles: readonly Trouble[] = [
    {
      what: 'the key is disabled',
      break: () => (version().enabled = false),
      mend: () => (version().enabled = true),
      says: /is disabled; when it was checked it could be used.*was not changed/,
    },
    {
      what: 'the key expires',
      break: () => (version().expires = 1_700_000_000),
      mend: () => delete version().expires,
      says: /expired on 2023/,
    },
    {
      what: 'the key is deleted',
      break: () => (target().deletedAt = Date.now() / 1000),
      mend: () => delete target().deletedAt,
      says: /was deleted since the check; it can still be recovered/,
    },
    {
      what: 'an operation is taken away',
      break: () => (target().operations = ['wrapKey']),
      mend: () => (target().operations = ['wrapKey', 'unwrapKey']),
      says: /doesn't permit unwrapKey/,
    },
    {
      what: 'the vault is gone',
      break: () => (at.vaultRow().deleted = true),
      mend: () => delete at.vaultRow().deleted,
      says: /not among those.*was not changed/,
    },
  ];

  test.each(troubles)(
    '$what: nothing is sent; mended, Retry goes on',
    async ({ break: destroy, mend, says }) => {
      const id = await plan();
      destroy();
      await at.approve(id);
      const { fault, stage } = await halted(id);
      expect(stage).toBe('pointAccountAtKey');
      expect(`${fault.says} ${fault.remedy}`).toMatch(says);
      expect(at.count('updateAccount')).toBe(0);
      mend();
      await at.retry(id);
      await isMoved(id);
      expect(at.count('updateAccount')).toBe(1);
    },
    30_000,
  );

  test('somebody else changes the key: nothing is sent; after Retry all is checked and voted on again', async () => {
    const id = await plan();
    at.simulator.timing.wrapTime = 0;
    const other = at.keyRow('chat-cmk').versions[0]?.version;
    at.simulator.changeByHand(chat, patch('chat-cmk', other));
    await at.approve(id);
    const { fault } = await halted(id);
    expect(fault.kind).toBe('drifted');
    expect(fault.says).toMatch(/chat-cmk.*somebody else changed it. Nothing was sent/);
    expect(at.count('updateAccount')).toBe(0);
    await at.retry(id);
    const { plan: anew, phase } = await at.until(id, 'awaitingApproval');
    expect(phase.votes).toEqual([]);
    expect(anew?.previous).toMatchObject({ name: 'chat-cmk', version: other });
    await at.approve(id);
    await isMoved(id);
  }, 30_000);

  test('somebody else is changing it right now: waited for shortly, then halted, and Retry goes on', async () => {
    const id = await plan();
    at.simulator.timing.wrapTime = 1500;
    const { key, version: now } = encryption() ?? { key: '', version: '' };
    // the same key again: the encryption stays what was approved, but Azure is busy with it
    at.simulator.changeByHand(chat, patch(key, now));
    await at.approve(id);
    const { fault } = await halted(id);
    expect(fault).toMatchObject({
      kind: 'conflict',
      says: expect.stringMatching(/"Accepted".*did not ask for it/),
    });
    await becomesTrue(() => at.accountRow(chat).provisioningState === 'Succeeded');
    at.simulator.timing.wrapTime = 100;
    await at.retry(id);
    await isMoved(id);
    expect(at.count('updateAccount')).toBe(1);
  }, 30_000);

  test('somebody else got there first: the account is left as it is and watched all the same', async () => {
    const id = await plan();
    const { plan: planned } = await at.rotation(id);
    at.simulator.timing.wrapTime = 0;
    at.simulator.changeByHand(chat, patch(planned?.to.name ?? '', planned?.to.version));
    await at.approve(id);
    await isMoved(id);
    expect(at.count('updateAccount')).toBe(0);
    expect((await at.rotation(id)).remarks.join()).toMatch(/already, so nothing was sent/);
  }, 30_000);

  test('somebody else makes a version of the key: none is made; after Retry it is planned anew', async () => {
    const id = await at.plan(chat, { of: 'newVersion' });
    const { name } = (await at.rotation(id)).plan?.making ?? { name: '' };
    at.simulator.rotateByHand('contoso-keys', name);
    await at.approve(id);
    const { fault } = await halted(id);
    expect(fault.says).toMatch(/was added by somebody else. Nothing was made/);
    expect(at.count('createKey')).toBe(0);
    await at.retry(id);
    await at.approve(id);
    await isMoved(id);
    expect([at.count('createKey'), at.count('updateAccount')]).toEqual([1, 1]);
  }, 30_000);

  test('a follower that somebody pinned meanwhile gets no version', async () => {
    const id = await at.plan('lab-auto-one', { of: 'newVersion' });
    at.simulator.timing.wrapTime = 0;
    at.simulator.changeByHand('lab-auto-one', patch('shared', 'a1'.repeat(16), 'contoso-lab-keys'));
    await at.approve(id);
    const { fault } = await halted(id);
    expect(fault.says).toMatch(/doesn't follow its key any more.*Nothing was made/);
    expect(at.count('createKey')).toBe(0);
    await at.say(ada, { say: 'cancel', rotation: id });
  }, 30_000);
});

describe('afterwards', () => {
  test('something else of the account that changed halts once, is named, and stands in the record', async () => {
    const id = await plan();
    at.simulator.timing.wrapTime = 800;
    await at.approve(id);
    await at.until(id, 'wrapping');
    Object.assign(at.accountRow(chat).tags, { owner: 'somebody' });
    const { fault } = await halted(id);
    expect(fault).toMatchObject({
      kind: 'drifted',
      says: expect.stringContaining('tags.owner: "contoso" → "somebody"'),
    });
    await at.retry(id);
    await isMoved(id);
    const { differences, remarks } = await at.rotation(id);
    expect(differences).toEqual([{ field: 'tags.owner', before: '"contoso"', after: '"somebody"' }]);
    expect(remarks.join()).toContain('tags.owner');
  }, 30_000);

  test('a data plane that refuses its own key halts, and can be rolled back', async () => {
    const from = encryption();
    const id = await plan();
    at.simulator.timing.wrapTime = 800;
    await at.approve(id);
    await at.until(id, 'wrapping');
    // a version from long ago: the data that it wraps can't be read while it is off
    const past = at.keyRow('chat-cmk').versions.find(({ version }) => version === 'b1'.repeat(16));
    if (!past) throw new Error('no version');
    past.enabled = false;
    const { fault, stage } = await halted(id);
    expect([stage, fault.kind]).toEqual(['verifyEncryption', 'notProved']);
    expect(fault.says).toMatch(/was answered 403/);
    past.enabled = true;
    await at.say(bo, { say: 'rollBack', rotation: id, stage });
    const done = await at.until(id, 'completed');
    expect(done.phase.outcome).toBe('rolledBack');
    expect(encryption()).toEqual(from);
  }, 30_000);

  test.each([
    [
      'local authentication is off',
      (): unknown => (at.accountRow(chat).disableLocalAuth = true),
      /Local authentication is off/,
    ],
    [
      'it is private',
      (): unknown => (at.accountRow(chat).publicNetworkAccess = 'Disabled'),
      /certain networks in only/,
    ],
  ] as const)(
    'when %s the card says that the data plane could not be tried',
    async (_why, change, says) => {
      change();
      const id = await plan();
      await at.approve(id);
      const { dataPlane } = await at.until(id, 'settling');
      expect(dataPlane).toMatch(says);
      Object.assign(at.accountRow(chat), { disableLocalAuth: false, publicNetworkAccess: 'Enabled' });
      await isMoved(id);
    },
    30_000,
  );

  test('a version that can not be tagged is said so, and watched all the same', async () => {
    const id = await plan();
    at.simulator.faults.next({
      match: { method: 'PATCH', path: '/keys/' },
      fault: { status: 403, code: 'Forbidden' },
    });
    await at.approve(id);
    const { remarks, guarded } = await at.until(id, 'settling');
    expect(remarks.join()).toMatch(/could not be tagged.*watched all the same/);
    expect(guarded.filter(({ tagged }) => !tagged)).toHaveLength(1);
    await isMoved(id);
  }, 30_000);
});

const patch = (keyName: string, keyVersion: string | undefined, vault = 'contoso-keys') => ({
  properties: {
    encryption: {
      keySource: 'Microsoft.KeyVault',
      keyVaultProperties: { keyVaultUri: `${at.simulator.vaultUrl(vault)}/`, keyName, keyVersion },
    },
  },
});
