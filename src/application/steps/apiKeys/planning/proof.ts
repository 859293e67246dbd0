import type { Check } from '../../../../domain/checks.ts';
import { otherSlot, type Plan, type Slot, slotName } from '../../../../domain/apiKeys/plan.ts';
import type { AccountState, KeysInHand } from '../../../ports/azure.ts';
import { type Came, type Run, type Tools } from '../../../step.ts';
import { allAnswered200 } from '../keys.ts';
import { refuse } from './refusals.ts';

type Proof = Readonly<{ proof: Plan['proof']; check: Check }>;

/** From here, the active key must answer 200 and a key that can't exist 401; otherwise nothing can be proved, or nothing works. */
export async function proofPossible(
  tools: Tools,
  run: Run<'plan'>,
  { account, publicNetwork }: AccountState,
  keys: KeysInHand,
  active: Slot,
): Promise<Proof | Came<'plan'>> {
  const impossible = (because: string): Proof => ({
    proof: { possible: false, because },
    check: {
      name: 'Proof',
      verdict: 'warn',
      says: `Keys cannot be tried from here: ${because}`,
      remedy: 'Approve only if somebody tries the new key from inside its network.',
    },
  });
  const random = await tools.azure.keys.probeRandomKey(account, run.signal);
  const [status] = random.statuses;
  if (status !== 401) {
    const network = publicNetwork ? '' : 'the account is reachable through a private endpoint only. ';
    const answer =
      status === undefined || status === 0
        ? 'there was no answer.'
        : `a key that does not exist was answered ${String(status)}.`;
    return impossible(random.note ?? `${network}${answer}`);
  }
  const probe = await keys.probe(active, 1, run.signal);
  if (allAnswered200(probe))
    return {
      proof: { possible: true },
      check: {
        name: 'Proof',
        verdict: 'pass',
        says: `${slotName(active)} answers 200, a key that does not exist 401.`,
      },
    };
  return refuse(
    `${slotName(active)}, the key in use, was answered ${String(probe.statuses[0] ?? 0)} by the account's data plane, not 200.`,
    `Find out why before rotating: ${slotName(otherSlot(active))} must not be touched while the other one may be dead.`,
  );
}
