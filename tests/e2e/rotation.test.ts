import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ada, bo, chatConsumers, chen, type Keysmith, startKeysmith } from '../support/keysmith.ts';

let keysmith: Keysmith;

beforeAll(async () => {
  keysmith = await startKeysmith({ accounts: chatConsumers });
}, 60_000);

afterAll(() => keysmith.close(), 60_000);

test('a rotation is asked for in a channel, approved with buttons, and carried out', async () => {
  const { teams, simulator, clients } = keysmith;
  await teams.say(ada, 'rotate contoso-chat yearly');
  await keysmith.approve(/Key 2 dies/, bo, chen);
  await keysmith.approve(/Key 1 dies/, bo, chen);
  await teams.until(() => teams.find(/Finished/));
  const regenerated = simulator.effects
    .filter(({ kind }) => kind === 'regenerateKey')
    .map(({ slot }) => slot);
  expect(regenerated).toEqual(['Key2', 'Key1']);
  for (const { counts } of clients) expect(counts).toMatchObject({ failed: 0, refreshFailures: 0 });
}, 60_000);
