import type { Fault } from '../domain/faults.ts';
import type { RotationId } from '../domain/ids.ts';
import { err, ok, type Result, unreachable } from '../domain/result.ts';
import type { Tools } from './step.ts';

/** What a look says of a call whose answer was lost: it had no effect, it had exactly its effect, or something else is there. */
export type Verdict<After> = Readonly<
  { is: 'absent' } | { is: 'happened'; after: After } | { is: 'strange'; fault: Fault }
>;

/**
 * A call without an idempotency token. `Seen`: what a look shows; `Before`, `After`: plain data of
 * fingerprints and versions that goes into the journal.
 */
export type Call<Seen, Before, After> = Readonly<{
  /** The journal's key: the same for every retry. */
  name: string;
  rotation: RotationId;
  look: (signal: AbortSignal) => Promise<Result<Seen, Fault>>;
  /** The picture to compare with later; refused when the world isn't what was approved. */
  before: (seen: Seen) => Result<Before, Fault>;
  compare: (before: Before, seen: Seen) => Verdict<After>;
  /** The last word before each send, and before it is written down: it may take its time. A fault: nothing is sent. */
  ready?: (seen: Seen, signal: AbortSignal) => Promise<Fault | null>;
  /** Exactly one send. */
  send: (seen: Seen, signal: AbortSignal) => Promise<Result<Seen, Fault>>;
}>;

export type Sent<After> = Readonly<{ after: After; found: 'answered' | 'adopted' }>;

const mostSends = 3;

/**
 * Carries out a call that must not happen twice: written down first, sent once, looked at before it is
 * sent again (architecture §3). What it gives is "detected and recorded", not "exactly once": a request
 * that lands after absence was proved makes a second effect, which the next look finds.
 */
export async function sendOnce<Seen, Before, After>(
  tools: Tools,
  call: Call<Seen, Before, After>,
  signal: AbortSignal,
): Promise<Result<Sent<After>, Fault>> {
  const { journal, clock, timing } = tools;
  const known = await journal.find(call.name);
  if (known?.state === 'done') return ok({ after: known.after as After, found: known.found ?? 'answered' });
  let seen: Seen;
  let before: Before;
  let sends = 0;
  if (known === null) {
    const first = await lookUntilExpected(tools, call, signal);
    if (!first.ok) return first;
    ({ seen, before } = first.value);
  } else {
    before = known.before as Before;
    const settled = await lookUntilSettled(tools, call, before, known.startedAt, signal);
    if (!settled.ok) return settled;
    if (settled.value.is === 'happened') return adopt(tools, call, settled.value.after);
    seen = settled.value.seen;
  }
  for (;;) {
    if (sends >= mostSends) return err(neverLands);
    const unready = (await call.ready?.(seen, signal)) ?? null;
    signal.throwIfAborted();
    if (unready !== null) return err(unready);
    const startedAt = clock.now();
    await journal.start(call.name, call.rotation, before, startedAt);
    sends += 1;
    // The lease is checked just before the call: whoever lost the lock must not send.
    signal.throwIfAborted();
    // A process that was frozen hears of its lost lock afterwards. Whoever is this late could still be
    // sending when others look, who begin at `started + time-out + margin`: so it looks itself.
    const late = clock.now() - startedAt > timing.margin;
    const sent = late ? err(tooLate) : await call.send(seen, signal);
    if (sent.ok) {
      const verdict = call.compare(before, sent.value);
      switch (verdict.is) {
        case 'happened':
          await journal.finish(call.name, verdict.after, 'answered', clock.now());
          return ok({ after: verdict.after, found: 'answered' });
        case 'strange':
          return err(verdict.fault);
        case 'absent':
          break; // answered, but nothing changed: a stale answer, so look
        default:
          return unreachable(verdict);
      }
    } else if (sent.error.kind !== 'unknownOutcome') {
      await journal.withdraw(call.name, sent.error, clock.now());
      return sent;
    }
    tools.log.warn({ event: 'call.outcomeUnknown', call: call.name, sends });
    const settled = await lookUntilSettled(tools, call, before, startedAt, signal);
    if (!settled.ok) return settled;
    if (settled.value.is === 'happened') return adopt(tools, call, settled.value.after);
    seen = settled.value.seen;
  }
}

/** A list can lag behind the last change, so a picture that isn't the expected one is looked at again before it counts. */
async function lookUntilExpected<Seen, Before, After>(
  tools: Tools,
  call: Call<Seen, Before, After>,
  signal: AbortSignal,
): Promise<Result<Readonly<{ seen: Seen; before: Before }>, Fault>> {
  return lookAgainWhile(
    tools,
    async () => {
      const seen = await call.look(signal);
      if (!seen.ok) return seen;
      const before = call.before(seen.value);
      return before.ok ? ok({ seen: seen.value, before: before.value }) : before;
    },
    signal,
  );
}

/** Looks again, over the settle window, for as long as a look says `drifted`; anything else counts at once. */
export async function lookAgainWhile<T>(
  { pause, timing }: Tools,
  look: () => Promise<Result<T, Fault>>,
  signal: AbortSignal,
): Promise<Result<T, Fault>> {
  const looks = Math.max(2, timing.settleLooks);
  for (let count = 1; ; count += 1) {
    const seen = await look();
    if (seen.ok || seen.error.kind !== 'drifted' || count >= looks) return seen;
    await pause(timing.settleWindow / (looks - 1), signal);
  }
}

async function adopt<Seen, Before, After>(
  tools: Tools,
  call: Call<Seen, Before, After>,
  after: After,
): Promise<Result<Sent<After>, Fault>> {
  await tools.journal.finish(call.name, after, 'adopted', tools.clock.now());
  tools.log.info({ event: 'call.adopted', call: call.name });
  return ok({ after, found: 'adopted' });
}

/**
 * Nobody looks before `started + time-out + margin`: until then the request may still be on its way.
 * One look that shows the effect is enough; absence takes several equal looks over the settle window,
 * because a request can land late and listKeys can lag.
 */
async function lookUntilSettled<Seen, Before, After>(
  tools: Tools,
  call: Call<Seen, Before, After>,
  before: Before,
  startedAt: number,
  signal: AbortSignal,
): Promise<Result<Readonly<{ is: 'happened'; after: After } | { is: 'absent'; seen: Seen }>, Fault>> {
  const { clock, pause, timing } = tools;
  const quietUntil = startedAt + timing.timeout + timing.margin;
  if (clock.now() < quietUntil) await pause(quietUntil - clock.now(), signal);
  const looks = Math.max(2, timing.settleLooks);
  const gap = timing.settleWindow / (looks - 1);
  for (let count = 1; ; count += 1) {
    const seen = await call.look(signal);
    if (!seen.ok) return err({ ...seen.error, kind: 'unknownOutcome' });
    const verdict = call.compare(before, seen.value);
    if (verdict.is === 'happened') return ok(verdict);
    if (verdict.is === 'strange') return err(verdict.fault);
    if (count >= looks) return ok({ is: 'absent', seen: seen.value });
    await pause(gap, signal);
  }
}

/** Nothing was sent this time; what others did meanwhile, a look says. */
const tooLate: Fault = {
  kind: 'unknownOutcome',
  says: 'This process stood still between writing the call down and sending it, so it did not send it.',
  remedy: 'It looks at what is there and goes on by itself.',
};

const neverLands: Fault = {
  kind: 'unknownOutcome',
  says: 'Azure was asked several times and never answered; each time, looking showed that nothing had changed.',
  remedy: 'Check the health of the service in the Azure portal, then press Retry: it begins with a look.',
};
