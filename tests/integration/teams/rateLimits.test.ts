import { afterEach, describe, expect, test } from '@jest/globals';
import { crew, startBench, type Bench, type BenchOptions } from '../../support/chatBench.ts';
import { channelId, groupChatId, shown, textOf } from '../../support/fakeTeams.ts';
import { rotations } from '../../support/sampleCards.ts';

const { ada, bo, chidi, dana, eve } = crew;
const { id } = rotations.approval;
const tooMany = /more than I can listen to/;

let bench: Bench | undefined;
const start = async (limits?: NonNullable<BenchOptions['server']>['limits']): Promise<Bench> => {
  bench = await startBench({
    ...(limits === undefined ? {} : { server: { limits } }),
    rotations: [rotations.approval],
  });
  return bench;
};
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

const approve = { type: 'Action.Execute', title: 'Approve', verb: 'approve', data: {} } as const;
const vote = { keysmith: 1, verb: 'approve', rotation: id, stage: 'approveFirst', digest: 'ab'.repeat(32) };
const told = ({ teams }: Bench) => teams.messages().filter((message) => tooMany.test(shown(message)));
const times = async (n: number, act: (n: number) => Promise<unknown>): Promise<void> => {
  for (let done = 0; done < n; done += 1) await act(done);
};

describe('somebody who says too much', () => {
  test('is told so once, in one sentence, and then left out quietly, while others are heard', async () => {
    const opened = await start({ person: 10, conversation: 1000 });
    const { teams, records } = opened;
    await times(25, () => teams.say(ada, `cancel ${id}`));
    // a bucket of ten fills up again while the test runs: by one every six seconds
    expect(records.rows.length).toBeLessThanOrEqual(11);
    expect(records.rows.length).toBeGreaterThanOrEqual(10);
    expect(told(opened)).toHaveLength(1);
    const before = records.rows.length;
    await teams.say(bo, `cancel ${id}`);
    expect(records.rows).toHaveLength(before + 1);
  });

  test('elsewhere is left out as well: it is the person that is counted', async () => {
    const { teams, records } = await start({ person: 10, conversation: 1000 });
    await times(10, () => teams.say(ada, `cancel ${id}`));
    await teams.say(ada, `cancel ${id}`, { conversation: groupChatId });
    expect(records.rows).toHaveLength(10);
  });

  test('does not use up the share of the conversation', async () => {
    const { teams, records } = await start({ person: 10, conversation: 20 });
    await times(60, () => teams.say(ada, `cancel ${id}`));
    const before = records.rows.length;
    await teams.say(bo, `cancel ${id}`);
    expect(records.rows).toHaveLength(before + 1);
  });

  test('by clicks gets a card each time, which fetches the true one again', async () => {
    const { teams, records } = await start({ person: 10, conversation: 1000 });
    await teams.say(bo, `status ${id}`);
    const card = teams.messages().at(-1) ?? fail();
    const answers = [];
    for (let n = 0; n < 15; n += 1) answers.push(await teams.invoke(ada, card, approve, vote, 'manual'));
    const late = answers.slice(-4);
    for (const { status, card } of late) {
      expect(status).toBe(200);
      expect(textOf(card ?? fail())).toMatch(tooMany);
      expect(card).toMatchObject({
        refresh: { userIds: [ada.id], action: { data: { verb: 'refresh', rotation: id } } },
      });
    }
    expect(records.rows.length).toBeLessThanOrEqual(11);
  });
});

describe('a conversation in which too much is said', () => {
  test('is told so once; another one is heard', async () => {
    const opened = await start({ person: 1000, conversation: 10 });
    const { teams, records } = opened;
    await times(6, async () => {
      for (const person of [ada, bo, chidi]) await teams.say(person, `cancel ${id}`);
    });
    expect(records.rows.length).toBeLessThanOrEqual(11);
    expect(told(opened)).toHaveLength(1);
    const before = records.rows.length;
    await teams.say(ada, `cancel ${id}`, { conversation: groupChatId });
    expect(records.rows).toHaveLength(before + 1);
  });

  test('its threads count as one', async () => {
    const { teams, records } = await start({ person: 1000, conversation: 10 });
    await times(10, () => teams.say(ada, `cancel ${id}`));
    const base = teams.frame(bo, channelId);
    const thread = { ...base.conversation, id: `${channelId};messageid=1` };
    await teams.post({ ...base, conversation: thread, type: 'message', id: 'x', text: `cancel ${id}` });
    expect(records.rows).toHaveLength(10);
  });
});

test('what nobody could prove to have sent isn’t counted against anybody', async () => {
  bench = await startBench({ teams: { app: true }, server: { limits: { person: 10, conversation: 10 } } });
  const { teams, records } = bench;
  await times(30, () => teams.say(ada, `cancel ${id}`, {}, { token: 'garbage' }));
  expect((await teams.say(ada, `cancel ${id}`)).status).toBe(200);
  expect(records.rows).toHaveLength(1);
});

test('a burst of votes and refreshes passes with the usual limits: five people, a hundred each, at once', async () => {
  const opened = await start();
  const { teams, records } = opened;
  await teams.say(bo, `status ${id}`);
  const card = teams.messages().at(-1) ?? fail();
  const refresh = { keysmith: 1, verb: 'refresh', rotation: id, stage: 'approveFirst' };
  const press = (person: typeof ada, data: unknown) => teams.invoke(person, card, approve, data, 'manual');
  const answers = await Promise.all(
    [ada, bo, chidi, dana, eve].flatMap((person) => [
      press(person, vote),
      ...Array.from({ length: 99 }, () => press(person, refresh)),
    ]),
  );
  expect(answers.filter(({ card }) => card === undefined || tooMany.test(textOf(card)))).toEqual([]);
  expect(records.rows).toHaveLength(5);
});

function fail(): never {
  throw new Error('there is nothing');
}
