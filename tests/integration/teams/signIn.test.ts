import { afterEach, describe, expect, test } from '@jest/globals';
import { draw } from '../../../src/adapters/teams/draw.ts';
import type { Answer } from '../../../src/application/conversation.ts';
import { crew, startBench, type Bench, type BenchOptions } from '../../support/chatBench.ts';
import { channelId, textOf, type Answered, type Forged, type Message } from '../../support/fakeTeams.ts';
import { approvalRotations } from '../../support/sampleCards.ts';
import { now } from '../../support/sampleRotations.ts';

const { chidi } = crew;
const rotation = approvalRotations.strict;
const { id } = rotation;
const connection = 'keysmith-sign-in';
const token = 'eyJ.a-token-of-chidi.sig';
const open: Bench[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((bench) => bench.close()));
});

/** A worker that counts a vote with this token alone. */
const needs =
  (good: string, otherwise?: Answer): NonNullable<BenchOptions['worker']> =>
  ({ said }) => {
    const given = 'signIn' in said ? said.signIn : undefined;
    if (given === good) return { answer: 'done', rotation: id };
    return given === undefined || otherwise === undefined
      ? { answer: 'refused', rotation: id, refusal: 'signInNeeded' }
      : otherwise;
  };

async function start(options: BenchOptions = {}): Promise<Readonly<{ bench: Bench; card: Message }>> {
  const bench = await startBench({
    rotations: [rotation],
    teams: { app: true },
    server: { signInConnection: connection },
    worker: needs(token),
    ...options,
  });
  open.push(bench);
  const content = draw('living', rotation, now, { refreshFor: [chidi.id] });
  const attachments = [{ contentType: 'application/vnd.microsoft.card.adaptive', content }];
  const card = bench.teams.room.post('bot', channelId, { type: 'message', attachments });
  if (card === undefined) throw new Error('no card');
  return { bench, card };
}

const loginRequest = 'application/vnd.microsoft.activity.loginRequest';
const silently = (given: string, name = connection): Forged => ({
  value: { authentication: { id: 'x', connectionName: name, token: given } },
});
const words = ({ card }: Answered): string => (card === undefined ? '' : textOf(card));

describe('a vote that needs a fresh sign-in', () => {
  test('is answered with a request to sign in, by single sign-on or on the page of the connection', async () => {
    const { bench, card } = await start();
    const answered = await bench.teams.click(chidi, card, 'Approve');
    expect(answered.status).toBe(200);
    expect(answered.body).toMatchObject({
      statusCode: 401,
      type: loginRequest,
      value: {
        connectionName: connection,
        tokenExchangeResource: { uri: expect.stringMatching(/^api:\/\/localhost\/botid-/) as unknown },
        buttons: [{ type: 'signin', value: `${bench.teams.serviceUrl}/sign-in` }],
      },
    });
  });

  test('counts when the client sends it again with a token, also under the same id', async () => {
    const { bench, card } = await start();
    const same = { activity: { id: 'f:one-click' } };
    await bench.teams.click(chidi, card, 'Approve', {}, same);
    const answered = await bench.teams.click(chidi, card, 'Approve', {}, { ...silently(token), ...same });
    expect(answered.body).toMatchObject({ statusCode: 200 });
    expect(bench.records.rows.map(({ said }) => 'signIn' in said && said.signIn)).toEqual([false, token]);
    expect(JSON.stringify(bench.log.lines)).not.toContain(token);
    expect(bench.teams.answers.join()).not.toContain(token);
  });

  test.each<[string, Answer | undefined]>([
    ['too old', undefined],
    ['used before', { answer: 'cannot', says: 'Used.', remedy: 'Again.', because: 'signInUsedBefore' }],
  ])('asks for the page of the connection when the silent sign-in is %s', async (_how, otherwise) => {
    const { bench, card } = await start({ worker: needs(token, otherwise) });
    const again = await bench.teams.click(chidi, card, 'Approve', {}, silently('an-old-token'));
    expect(again.body).toMatchObject({ statusCode: 401, type: loginRequest });
    expect(again.body).not.toHaveProperty('value.tokenExchangeResource');
    bench.teams.codes.set('123456', token);
    const answered = await bench.teams.click(chidi, card, 'Approve', {}, { value: { state: '123456' } });
    expect(answered.body).toMatchObject({ statusCode: 200 });
    expect(bench.records.rows.at(-1)?.said).toMatchObject({ signIn: token });
    expect(JSON.stringify(bench.log.lines)).not.toMatch(/a-token-of-chidi|123456/);
  });

  test('isn’t asked for a third time when that sign-in doesn’t do either', async () => {
    const { bench, card } = await start();
    bench.teams.codes.set('654321', 'another-token');
    const answered = await bench.teams.click(chidi, card, 'Approve', {}, { value: { state: '654321' } });
    expect(words(answered)).toMatch(/This decision needs a fresh sign-in/);
  });

  test('tells why another sign-in doesn’t count', async () => {
    const says = 'The sign-in is another person’s.';
    const refused = { answer: 'cannot', says, remedy: 'Sign in.', because: 'signInOfSomebodyElse' } as const;
    const { bench, card } = await start({ worker: needs(token, refused) });
    const answered = await bench.teams.click(chidi, card, 'Approve', {}, silently('of-eve'));
    expect(words(answered)).toContain(says);
  });

  test.each<[string, Forged['value']]>([
    ['for another connection', silently(token, 'another').value],
    ['that is no text', { authentication: { connectionName: connection, token: { $gt: '' } } }],
    ['as long as a book', { authentication: { connectionName: connection, token: 'x'.repeat(20_000) } }],
    ['by a code that nobody gave out', { state: '000000' }],
  ])('asks again for a token %s, and passes nothing on', async (_what, value) => {
    const { bench, card } = await start();
    const answered = await bench.teams.click(
      chidi,
      card,
      'Approve',
      {},
      value === undefined ? {} : { value },
    );
    expect(answered.body).toMatchObject({ statusCode: 401, type: loginRequest });
    expect(bench.records.rows.map(({ said }) => 'signIn' in said)).toEqual([false]);
  });

  test('says so when the token service can’t be reached, after one try', async () => {
    const { bench, card } = await start();
    bench.teams.faults.plan('signIn', { status: 503 }, 5);
    const answered = await bench.teams.click(chidi, card, 'Approve');
    expect(words(answered)).toMatch(/I can’t reach the sign-in service right now/);
    expect(bench.teams.asked('signIn')).toHaveLength(1);
  });

  test('doesn’t wait for a token service that hangs', async () => {
    const { bench, card } = await start({
      server: { signInConnection: connection, timeout: 300 },
    });
    bench.teams.faults.plan('signIn', { does: 'hang' });
    const answered = await bench.teams.click(chidi, card, 'Approve');
    expect(words(answered)).toMatch(/I can’t reach the sign-in service right now/);
  });

  test('says what to do where no connection is set up', async () => {
    const { bench, card } = await start({ server: {} });
    const answered = await bench.teams.click(chidi, card, 'Approve', {}, silently(token));
    expect(words(answered)).toMatch(/nobody can sign in here.*KEYSMITH_SIGN_IN_CONNECTION/s);
    expect(bench.records.rows.map(({ said }) => 'signIn' in said)).toEqual([false]);
  });

  test('tells a client that only knows Action.Submit to use another one', async () => {
    const { bench, card } = await start();
    await bench.teams.submit(chidi, card, 'Approve');
    expect(bench.teams.messages().map(({ activity }) => activity.text)).toContainEqual(
      expect.stringMatching(/this client can’t ask for/),
    );
  });
});
