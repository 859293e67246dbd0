import type { RegisteredConsumer } from '../../../../domain/apiKeys/consumers.ts';
import type { Fault } from '../../../../domain/faults.ts';
import { type KeyPicture, type Slot, slots } from '../../../../domain/apiKeys/plan.ts';
import { ok, type Result } from '../../../../domain/result.ts';
import type { StepAnswer } from '../../../../domain/steps.ts';
import { type Run, type Tools } from '../../../step.ts';

export type Holdings = Extract<StepAnswer['plan'], { safe: true }>['holdings'];

/** Faults that may pass by themselves: looked at again, or the gate would be blocked until the plan is asked for anew. */
const passing: readonly Fault['kind'][] = ['throttled', 'unreachable', 'unknownOutcome'];

export async function holdingsOf(
  tools: Tools,
  run: Run<'plan'>,
  consumers: readonly RegisteredConsumer[],
  picture: KeyPicture,
): Promise<Result<Holdings, Fault>> {
  const looked = await Promise.all(
    consumers.map(
      async (consumer) => [consumer.name, await holdingOf(tools, run, consumer, picture)] as const,
    ),
  );
  const holdings: [string, Holdings[string]][] = [];
  for (const [name, look] of looked) {
    if (!look.ok) return look;
    holdings.push([name, look.value]);
  }
  return ok(Object.fromEntries(holdings));
}

/** Matches fingerprints, never values: which slot's key a consumer's secret is. */
async function holdingOf(
  tools: Tools,
  run: Run<'plan'>,
  consumer: RegisteredConsumer,
  picture: KeyPicture,
): Promise<Result<Holdings[string], Fault>> {
  if (consumer.kind === 'manual') return ok({ holds: 'undeclared' });
  const read = await tools.azure.secrets.read(consumer.vault, consumer.secret, run.salt, run.signal);
  if (!read.ok)
    return passing.includes(read.error.kind) ? read : ok({ holds: 'unreadable', note: read.error.says });
  return ok({ holds: slots.find((slot) => picture[slot] === read.value.fingerprint) ?? 'neither' });
}

/** The slot that more consumers hold; Key 1 when nobody tips the scales. */
export function mostHeld(holdings: Holdings): Slot {
  const count = (slot: Slot): number => Object.values(holdings).filter(({ holds }) => holds === slot).length;
  return count('Key2') > count('Key1') ? 'Key2' : 'Key1';
}
