import { afterEach, describe, expect, test } from '@jest/globals';
import { draw } from '../../../src/adapters/teams/draw.ts';
import { gateCardName, reviewCardName } from '../../../src/application/cardNames.ts';
import type { CardName } from '../../../src/application/ports/store.ts';
import type { Rotation } from '../../../src/domain/rotation.ts';
import { crew, startBench, type Bench, type BenchOptions } from '../../support/chatBench.ts';
import {
  buttonsOf,
  channelId,
  personalChatId,
  shown,
  textOf,
  type Answered,
  type FakePerson,
  type Message,
} from '../../support/fakeTeams.ts';
import { approvalRotations, rotations } from '../../support/sampleCards.ts';
import { now, planDigest } from '../../support/sampleRotations.ts';

const { ada, bo, chidi, dana } = crew;
const { approval } = rotations;
const { id } = approval;
const open: Bench[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((bench) => bench.close()));
});

async function start(rotation: Rotation, options: BenchOptions = {}): Promise<Bench> {
  const bench = await startBench({ rotations: [rotation], ...options });
  open.push(bench);
  return bench;
}

/** Puts a card into the room, as the outbox would: into the channel, or into somebody's personal chat. */
function put({ teams }: Bench, rotation: Rotation, name: CardName = 'living', to?: FakePerson): Message {
  if (to !== undefined) teams.room.personalChat(to);
  const content = draw(name, rotation, now, { refreshFor: to === undefined ? [bo.id, chidi.id] : [] });
  const attachments = [{ contentType: 'application/vnd.microsoft.card.adaptive', content }];
  const where = to === undefined ? channelId : personalChatId(to);
  return teams.room.post('bot', where, { type: 'message', attachments }) ?? missing();
}

function missing(): never {
  throw new Error('there is nothing');
}

const words = ({ card }: Answered): string => textOf(card ?? missing());
const titles = ({ card }: Answered): readonly string[] =>
  buttonsOf(card ?? missing()).map(({ title }) => title);

describe('a vote', () => {
  test('is taken back with the button of whoever gave it, on the channel’s card', async () => {
    const bench = await start(approval);
    const card = put(bench, approval);
    await bench.teams.click(bo, card, 'Take back');
    expect(bench.records.rows[0]).toMatchObject({
      by: { objectId: bo.objectId },
      said: { say: 'withdrawVote', rotation: id, stage: 'approveFirst' },
    });
    await expect(bench.teams.click(chidi, card, 'Take back')).rejects.toThrow(/sees no button/);
  });

  test('that there is none of is told to whoever would take it back', async () => {
    const bench = await start(approval, {
      worker: () => ({ answer: 'refused', rotation: id, refusal: 'notVoted' }),
    });
    const data = { keysmith: 1, verb: 'withdrawVote', rotation: id, stage: 'approveFirst' };
    const answered = await bench.teams.click(chidi, put(bench, approval), 'Approve', {}, { data });
    expect(words(answered)).toMatch(/You have no vote here to take back/);
  });
});

describe('the card in an approver’s personal chat', () => {
  const name = gateCardName('prepare', chidi);

  test('has their buttons, and answers a click with itself', async () => {
    const bench = await start(approval);
    const card = put(bench, approval, name, chidi);
    const answered = await bench.teams.click(chidi, card, 'Approve');
    expect(bench.records.rows[0]?.said).toMatchObject({ say: 'approve', digest: planDigest });
    expect(words(answered)).toMatch(/Your approval is asked for/);
    // no refresh: it is drawn for this person anyway
    expect(answered.card).not.toHaveProperty('refresh');
  });

  test('tells of a decision that was made elsewhere meanwhile', async () => {
    const bench = await start({ ...rotations.moving, id });
    const card = put(bench, approval, name, chidi);
    const answered = await bench.teams.click(chidi, card, 'Approve');
    expect(words(answered)).toMatch(/Approved by Bo Chen and Chidi Okafor/);
    expect(titles(answered)).toEqual([]);
  });

  test('opens the form of a rejection beside it, which is closed when it was sent', async () => {
    const bench = await start(approval);
    const { teams, records } = bench;
    const card = put(bench, approval, name, chidi);
    await teams.click(chidi, card, 'Reject…');
    const form = await teams.until(() =>
      teams.messages(personalChatId(chidi)).find((message) => /Reject the plan/.test(shown(message))),
    );
    await teams.click(chidi, form, 'Reject', { reason: 'not today' });
    expect(records.rows[0]?.said).toMatchObject({ say: 'reject', reason: 'not today' });
    await teams.until(() => form.edits > 0 && /Chidi.* rejected/.test(shown(form)));
  });
});

describe('a vote that takes long', () => {
  test('is said to be checked, without the buttons that were pressed', async () => {
    const bench = await start(approval, { worker: () => 'silence' });
    const answered = await bench.teams.click(chidi, put(bench, approval), 'Approve');
    expect(words(answered)).toMatch(new RegExp(`Your vote on ${id} is being checked`));
    expect(titles(answered)).toEqual([]);
    // the client goes on asking for its view, so the buttons come back
    expect(answered.card).toHaveProperty('refresh.userIds', [chidi.id]);
  });
});

describe('an emergency', () => {
  const asked = (bench: Bench) => bench.records.rows.map(({ said }) => said);

  test('is asked for by a word, and needs its reason', async () => {
    const bench = await start(approval, { worker: () => ({ answer: 'reasonMissing' }) });
    const { teams } = bench;
    await teams.say(ada, 'rotate contoso-chat --emergency');
    const form = teams.messages().at(-1) ?? missing();
    expect(shown(form)).toMatch(/A reason is missing/);
    await teams.click(ada, form, /Ask/, { reason: 'Key 1 is public' });
    expect(asked(bench)).toMatchObject([
      { say: 'rotate', account: 'contoso-chat', reason: '', breakGlass: true },
      { say: 'rotate', account: 'contoso-chat', reason: 'Key 1 is public', breakGlass: true },
    ]);
  });

  test('is asked for on the form only by whoever ticks it', async () => {
    const bench = await start(approval, { worker: () => ({ answer: 'reasonMissing' }) });
    await bench.teams.say(ada, 'rotate');
    const form = bench.teams.messages().at(-1) ?? missing();
    await bench.teams.click(ada, form, /Ask/, { account: 'contoso-chat', reason: 'x' });
    await bench.teams.click(ada, form, /Ask/, { account: 'contoso-chat', reason: 'x', emergency: 'true' });
    expect(asked(bench).map((said) => 'breakGlass' in said)).toEqual([false, true]);
  });

  test.each([
    ['the channel', undefined],
    ['a personal chat', chidi],
  ])('is reviewed with a form, from the card in %s', async (_where, to) => {
    const rotation: Rotation = approvalRotations.reviewOwed;
    const bench = await start(rotation);
    const { teams, records } = bench;
    const card = put(bench, rotation, to === undefined ? 'living' : reviewCardName(to), to);
    await teams.click(chidi, card, 'Write a review…');
    expect(records.rows).toEqual([]);
    const form = teams.messages().at(-1) ?? missing();
    await teams.click(chidi, form, 'Send the review', { says: ' It was needed. ' });
    expect(records.rows[0]?.said).toEqual({ say: 'review', rotation: id, says: 'It was needed.' });
    await teams.until(() => form.edits > 0 && /reviewed the emergency\n“It was needed\.”/.test(shown(form)));
  });

  test('whose review was given meanwhile gives no form', async () => {
    const bench = await start(approvalRotations.reviewGiven);
    const card = put(bench, approvalRotations.reviewOwed);
    const answered = await bench.teams.click(dana, card, 'Write a review…');
    expect(words(answered)).toMatch(/No review is owed here/);
    expect(bench.teams.asked('send')).toEqual([]);
  });

  test('whose review has no words asks for them again', async () => {
    const rotation = approvalRotations.reviewOwed;
    const bench = await start(rotation, {
      worker: () => ({ answer: 'refused', rotation: id, refusal: 'reasonMissing' }),
    });
    await bench.teams.click(chidi, put(bench, rotation), 'Write a review…');
    const form = bench.teams.messages().at(-1) ?? missing();
    const answered = await bench.teams.click(chidi, form, 'Send the review', { says: ' ' });
    expect(words(answered)).toMatch(/A reason is missing/);
    expect(titles(answered)).toEqual(['Send the review']);
  });
});
