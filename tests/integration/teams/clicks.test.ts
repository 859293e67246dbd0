import { afterEach, describe, expect, test } from '@jest/globals';
import type { Answer } from '../../../src/application/conversation.ts';
import { refusals } from '../../../src/adapters/teams/refusals.ts';
import { draw } from '../../../src/adapters/teams/draw.ts';
import type { Refusal } from '../../../src/domain/happenings.ts';
import type { Rotation } from '../../../src/domain/rotation.ts';
import type { CardName } from '../../../src/application/ports/store.ts';
import { crew, startBench, type Bench, type BenchOptions } from '../../support/chatBench.ts';
import {
  baseCard,
  buttonsOf,
  channelId,
  personalChatId,
  shown,
  textOf,
  type Message,
} from '../../support/fakeTeams.ts';
import { rotations } from '../../support/sampleCards.ts';
import { rotations as encryption } from '../../support/sampleEncryption.ts';
import { at, kioskWaiver, now, planDigest } from '../../support/sampleRotations.ts';

const { ada, bo, chidi, eve } = crew;
const open: Bench[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((bench) => bench.close()));
});

async function start(rotation: Rotation, options: BenchOptions = {}): Promise<Bench> {
  const bench = await startBench({ rotations: [rotation], ...options });
  open.push(bench);
  return bench;
}

const { approval } = rotations;
const { id } = approval;

/** Puts a card into the room, as the outbox would. */
function put(
  { teams }: Bench,
  rotation: Rotation,
  name: CardName = 'living',
  where = channelId,
  viewers = [bo, chidi],
): Message {
  const refreshFor = viewers.map((person) => person.id);
  const content = draw(name, rotation, now, { refreshFor });
  const attachments = [{ contentType: 'application/vnd.microsoft.card.adaptive', content }];
  return teams.room.post('bot', where, { type: 'message', attachments }) ?? missing();
}

const refusing = (refusal: Refusal) => ({
  worker: (): Answer => ({ answer: 'refused', rotation: id, refusal }),
});

describe('a click', () => {
  test('is written down as the clicker’s, with the plan that the card showed, and answered with their own card', async () => {
    const bench = await start(approval);
    const { teams, records } = bench;
    const card = put(bench, approval);
    const answered = await teams.click(chidi, card, 'Approve');
    expect(records.rows).toHaveLength(1);
    expect(records.rows[0]).toMatchObject({
      by: { objectId: chidi.objectId, tenantId: chidi.tenantId },
      said: { say: 'approve', rotation: id, stage: 'approveFirst', digest: planDigest },
    });
    expect(answered).toMatchObject({ status: 200, body: { statusCode: 200 } });
    expect(textOf(answered.card ?? missing())).toMatch(/Your approval is asked for/);
  });

  test('shows a refusal to the clicker alone, on top of the current card', async () => {
    const bench = await start(approval, refusing('ownRequest'));
    const { teams } = bench;
    const card = put(bench, approval);
    const before = JSON.stringify(card.activity);
    const answered = await teams.click(ada, card, 'Approve');
    expect(textOf(answered.card ?? missing())).toMatch(
      /You asked for this yourself, so your decision doesn’t count/,
    );
    expect(textOf(answered.card ?? missing())).toContain('contoso-chat');
    expect(teams.requests.filter(({ on }) => on === 'send' || on === 'update')).toEqual([]);
    expect(JSON.stringify(card.activity)).toBe(before);
  });

  test.each(Object.keys(refusals) as Refusal[])(
    'refused as %s says what, what is true, what next',
    async (refusal) => {
      const bench = await start(approval, refusing(refusal));
      const answered = await bench.teams.click(
        bo,
        put(bench, approval),
        /Cancel|Reject|Approve/,
        {},
        {
          data: { keysmith: 1, verb: 'cancel', rotation: id, stage: 'approveFirst' },
        },
      );
      const { title, says, remedy } = refusals[refusal];
      const text = textOf(answered.card ?? missing());
      for (const part of [title, says, remedy]) expect(text).toContain(part.slice(0, 40));
    },
  );

  test('that the worker has not answered in time is answered as written down', async () => {
    const bench = await start(approval, { worker: () => 'silence', server: { answerWithin: 50 } });
    const answered = await bench.teams.click(chidi, put(bench, approval), 'Cancel');
    expect(textOf(answered.card ?? missing())).toMatch(
      new RegExp(`Written down for ${id}[^]*still working on it. The card will show it`),
    );
  });

  test('on a rotation that is gone, or while the records are, is answered with a card', async () => {
    const bench = await start(approval, { worker: () => ({ answer: 'noSuchRotation' }) });
    const { teams, records } = bench;
    const card = put(bench, approval);
    records.rotations.length = 0;
    expect(textOf((await teams.click(ada, card, 'Approve')).card ?? missing())).toMatch(
      /no rotation with that id/,
    );
    records.down = new Error('gone');
    expect(textOf((await teams.click(eve, card, 'Approve')).card ?? missing())).toMatch(
      /can’t reach my records/,
    );
    records.down = undefined;
    records.answerDown = new Error('gone');
    records.rotations.push(approval);
    expect(textOf((await teams.click(crew.dana, card, 'Approve')).card ?? missing())).toMatch(
      /carried out once, and only once/,
    );
  });

  test('of a client without Action.Execute is the same row, and a refusal is said in words', async () => {
    const bench = await start(approval, refusing('staleCard'));
    const { teams, records } = bench;
    const answered = await teams.submit(chidi, put(bench, approval), 'Approve');
    expect(answered).toMatchObject({ status: 200, body: undefined });
    expect(records.rows[0]?.said).toMatchObject({ say: 'approve', rotation: id });
    expect(shown(teams.messages().at(-1) ?? missing())).toMatch(/earlier stage/);
  });
});

describe('a personal view', () => {
  test('is never shown to the next person: each gets their own, and the card itself is not touched', async () => {
    const bench = await start(approval);
    const { teams } = bench;
    const card = put(bench, approval, 'living', channelId, [ada, bo, chidi]);
    for (const round of [1, 2, 3]) {
      const [asker, voted, approver] = [
        await teams.see(ada, card),
        await teams.see(bo, card),
        await teams.see(chidi, card),
      ].map(textOf);
      expect([round, asker]).toEqual([round, expect.stringMatching(/You asked for this/)]);
      expect([round, voted]).toEqual([round, expect.stringMatching(/You approved at/)]);
      expect([round, approver]).toEqual([round, expect.stringMatching(/Your approval is asked for/)]);
      card.views.clear();
    }
    expect(await teams.see(eve, card)).toEqual(baseCard(card));
    expect(teams.asked('update')).toEqual([]);
    expect(teams.asked('send')).toEqual([]);
  });

  test('goes on asking to be refreshed, for its viewer alone', async () => {
    const bench = await start(approval);
    const view = await bench.teams.see(chidi, put(bench, approval));
    expect(view).toHaveProperty('refresh.userIds', [chidi.id]);
  });

  test('is drawn from the records and not from the card that asked', async () => {
    const bench = await start(rotations.finished);
    const view = await bench.teams.see(bo, put(bench, approval));
    expect(buttonsOf(view)).toEqual([]);
  });

  test('is always answered with 200 and a card, whatever is wrong', async () => {
    const bench = await start(approval);
    const { teams, records } = bench;
    const card = put(bench, approval);
    records.down = new Error('gone');
    const answered = await teams.invoke(
      bo,
      card,
      { type: 'Action.Execute', title: '', verb: 'refresh', data: {} },
      7,
      'automatic',
    );
    expect(answered).toMatchObject({ status: 200, body: { statusCode: 200 } });
    expect(answered.card).toBeDefined();
  });

  test('that can’t be drawn is asked for again later', async () => {
    const bench = await start(approval);
    const { teams, records } = bench;
    const card = put(bench, approval);
    records.down = new Error('gone');
    const view = await teams.see(chidi, card);
    expect(textOf(view)).toMatch(/can’t reach my records/);
    expect(view).toHaveProperty('refresh.userIds', [chidi.id]);
  });
});

describe('forms', () => {
  test('Reject… sends a form of its own into the thread, and the reason goes on record', async () => {
    const bench = await start(approval);
    const { teams, records } = bench;
    const card = put(bench, approval);
    const answered = await teams.click(chidi, card, 'Reject…');
    expect(answered.card).toBeDefined();
    expect(records.rows).toEqual([]);
    const form = await teams.until(() => teams.messages().at(-1));
    expect(form.thread).toBe(card.id);
    await teams.click(chidi, form, 'Reject', { reason: 'Not on a Friday' });
    expect(records.rows[0]?.said).toMatchObject({ say: 'reject', rotation: id, reason: 'Not on a Friday' });
    // the form that was sent is closed for everybody
    const closed = await teams.until(() => form.edits > 0 && form);
    expect(shown(closed)).toMatch(/Chidi.* rejected.*Not on a Friday/s);
    expect(buttonsOf(await teams.see(bo, closed))).toEqual([]);
  });

  test('Reject… on a plan that has changed gives no form', async () => {
    const changed = at({ ...approval.phase, digest: 'cd'.repeat(32) } as typeof approval.phase);
    const bench = await start(changed);
    const answered = await bench.teams.click(eve, put(bench, approval), 'Reject…');
    expect(textOf(answered.card ?? missing())).toMatch(/What you decided on has changed/);
    expect(bench.teams.asked('send')).toEqual([]);
  });

  test('a waiver is asked for with a form; without a reason the form comes back', async () => {
    const rotation = rotations.approvalBlocked;
    const bench = await start(rotation, refusing('reasonMissing'));
    const { teams, records } = bench;
    await teams.click(eve, put(bench, rotation), 'Waive…');
    const form = teams.messages().at(-1) ?? missing();
    const answered = await teams.click(eve, form, /Ask/, { reason: ' ' });
    expect(records.rows[0]?.said).toMatchObject({ say: 'askWaiver', reason: '' });
    expect(textOf(answered.card ?? missing())).toMatch(/A reason is missing/);
    expect(buttonsOf(answered.card ?? missing()).map(({ verb }) => verb)).toContain('askWaiver');
  });

  test('a form without an account is asked again and not written down', async () => {
    const bench = await start(approval);
    const { teams, records } = bench;
    await teams.say(ada, 'rotate');
    const form = teams.messages().at(-1) ?? missing();
    const answered = await teams.click(ada, form, /Ask/, { account: '', otherAccount: '  ', reason: 'why' });
    expect(textOf(answered.card ?? missing())).toMatch(/Which account/);
    expect(records.rows).toEqual([]);
  });

  test('the button of the help card answers with the form for whoever pressed it', async () => {
    const begun: Answer = { answer: 'started', rotation: id, inHomeChannel: false };
    const { teams } = await start(approval, { worker: () => begun });
    await teams.say(ada, 'help');
    const help = teams.messages().at(-1) ?? missing();
    const answered = await teams.click(ada, help, /Ask for a rotation/);
    expect(buttonsOf(answered.card ?? missing()).map(({ verb }) => verb)).toContain('submitRotate');
    expect(teams.messages()).toHaveLength(1);
    const sent = await teams.click(ada, help, /Ask for it/, { account: 'contoso-chat', reason: 'why' });
    expect(textOf(sent.card ?? missing())).toContain(id);
    // for everybody else it still is the help
    expect(help.edits).toBe(0);
  });
});

describe('a choice of a key', () => {
  const { keyChoice, keyApproval } = encryption;

  test('is written down as chosen, with the vault that the card was about', async () => {
    const bench = await start(keyChoice);
    const { teams, records } = bench;
    const card = put(bench, keyChoice);
    await teams.click(ada, card, 'Check this key', {
      option: 'newKey',
      newName: 'chat-cmk-2',
      identifier: '',
    });
    await teams.click(ada, card, 'Check this key', { option: 'newVersion', newName: '', identifier: '' });
    expect(records.rows.map(({ said }) => said)).toEqual([
      {
        say: 'chooseKey',
        rotation: keyChoice.id,
        choice: { of: 'newKey', vault: 'https://contoso-keys.vault.azure.net/', name: 'chat-cmk-2' },
      },
      { say: 'chooseKey', rotation: keyChoice.id, choice: { of: 'newVersion' } },
    ]);
  });

  test.each([
    [{ option: 'newKey', newName: 'chat cmk', identifier: '' }, /needs a name that Key Vault takes/],
    [{ option: 'newVersion', newName: '', identifier: 'chat-cmk' }, /isn’t the identifier of a key/],
  ])('that can’t be understood is answered with a sentence and the card: %j', async (inputs, says) => {
    const bench = await start(keyChoice);
    const { teams, records } = bench;
    const answered = await teams.click(ada, put(bench, keyChoice), 'Check this key', inputs);
    expect(textOf(answered.card ?? missing())).toMatch(says);
    expect(buttonsOf(answered.card ?? missing()).map(({ verb }) => verb)).toContain('chooseKey');
    expect(records.rows).toEqual([]);
  });

  test('is not stood in the way of: Cancel goes through with the inputs beside it', async () => {
    const bench = await start(keyChoice);
    const { teams, records } = bench;
    await teams.click(ada, put(bench, keyChoice), 'Cancel', { option: 'newVersion', identifier: 'half' });
    expect(records.rows[0]?.said).toEqual({ say: 'cancel', rotation: keyChoice.id, stage: 'plan' });
  });

  test('leads to a gate whose rejection is a form about the encryption key', async () => {
    const bench = await start(keyApproval);
    const { teams } = bench;
    await teams.click(chidi, put(bench, keyApproval), 'Reject…');
    expect(shown(teams.messages().at(-1) ?? missing())).toMatch(/Reject the move to another encryption key/);
  });

  test('knows no waiver: whoever asks for one is told so', async () => {
    const bench = await start(keyChoice);
    const { teams, records } = bench;
    const data = { keysmith: 1, verb: 'openAskWaiver', rotation: keyChoice.id, stage: 'plan' };
    const answered = await teams.click(ada, put(bench, keyChoice), 'Cancel', {}, { data });
    expect(textOf(answered.card ?? missing())).toMatch(/can’t be done at this stage/);
    expect(records.rows).toEqual([]);
  });
});

describe('other cards', () => {
  test('a consumer’s card answers with itself', async () => {
    const rotation = rotations.moving;
    const bench = await start(rotation);
    const { teams, records } = bench;
    teams.room.personalChat(eve);
    const card = put(bench, rotation, `consumer:research-notebooks:${eve.objectId}`, personalChatId(eve), []);
    const answered = await teams.click(eve, card, /I have switched/);
    expect(records.rows[0]).toMatchObject({
      by: { objectId: eve.objectId },
      said: { say: 'confirm', consumer: 'research-notebooks', to: 'Key2' },
    });
    expect(textOf(answered.card ?? missing())).toContain('research');
  });

  test('a waiver’s card answers with itself', async () => {
    const rotation: Rotation = { ...rotations.moving, waivers: [kioskWaiver] };
    const bench = await start(rotation);
    const { teams, records } = bench;
    const card = put(bench, rotation, `waiver:${kioskWaiver.id}`);
    const answered = await teams.click(chidi, card, /Approve the waiver/);
    expect(records.rows[0]?.said).toMatchObject({ say: 'approveWaiver', waiver: kioskWaiver.id });
    expect(textOf(answered.card ?? missing())).toMatch(/Waiver/);
  });
});

describe('forged card data', () => {
  const good = { keysmith: 1, verb: 'approve', rotation: id, stage: 'approveFirst', digest: planDigest };
  test.each<[string, unknown]>([
    ['no data', undefined],
    ['a number', 42],
    ['a list', [good]],
    ['another verb', { ...good, verb: 'approveAll' }],
    ['no such stage', { ...good, stage: 'constructor' }],
    ['a rotation of another type', { ...good, rotation: { toString: 'R-7K3FQ2' } }],
    ['a digest that is none', { ...good, digest: 'x' }],
    ['a person in it', { ...good, by: { objectId: chidi.objectId } }],
    ['a prototype', JSON.parse('{"keysmith":1,"verb":"approve","__proto__":{"digest":"x"}}') as unknown],
    ['a reason as long as a book', { ...good, verb: 'reject', reason: 'x'.repeat(100_000) }],
  ])('%s is answered with a card and not written down', async (_what, data) => {
    const bench = await start(approval);
    const { teams, records } = bench;
    const card = put(bench, approval);
    const execute = { type: 'Action.Execute', title: '', verb: 'approve', data: {} };
    const answered = await teams.invoke(eve, card, execute, data, 'manual');
    expect(answered).toMatchObject({ status: 200, body: { statusCode: 200 } });
    expect(textOf(answered.card ?? missing())).toMatch(/can’t read what that button sent/);
    expect(records.rows).toEqual([]);
  });

  test('the clicker is the authenticated person, whoever the data names', async () => {
    const bench = await start(approval);
    const { teams, records } = bench;
    await teams.click(eve, put(bench, approval), 'Approve', {}, { data: good });
    expect(records.rows[0]?.by.objectId).toBe(eve.objectId);
  });
});

function missing(): never {
  throw new Error('there is nothing');
}
