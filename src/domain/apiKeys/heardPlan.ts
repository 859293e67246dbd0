import type { Tools } from '../effects.ts';
import { then, withEffects } from '../outcome.ts';
import type { StepAnswer } from '../steps.ts';
import { whyNeverPassed } from '../voters.ts';
import type { Consumer } from './consumers.ts';
import { end, settleOnOneKey } from './flow.ts';
import { askUndeclared } from './moving.ts';
import type { Slot } from './plan.ts';
import type { ApiKeysRotation, Outcome, SlotState } from './rotation.ts';

export function heardPlan(
  asked: ApiKeysRotation,
  answer: StepAnswer['plan'],
  at: number,
  tools: Tools,
): Outcome {
  if (!answer.safe) {
    const near =
      answer.near === undefined || answer.near.length === 0
        ? ''
        : ` Did you mean ${answer.near.join(' or ')}?`;
    return end(asked, 'refused', { says: answer.says, remedy: `${answer.remedy}${near}` }, at);
  }
  const { plan, holdings, rules, members } = answer;
  const rotation: ApiKeysRotation = { ...asked, rules, ...(members === undefined ? {} : { members }) };
  const says = whyNeverPassed(rotation, 'prepare') ?? whyNeverPassed(rotation, 'retire');
  const remedy = 'Name more approvers in the policy, or let somebody else ask for the rotation.';
  if (says !== undefined) return end(rotation, 'refused', { says, remedy }, at);
  const consumers: readonly Consumer[] = rotation.rules.consumers.map((registered) => {
    const seen = holdings[registered.name];
    const before = rotation.consumers.find((consumer) => consumer.registered.name === registered.name);
    // What an owner has declared outlives a second look, which can't see it.
    const holds =
      seen?.holds === 'undeclared' && before?.declaredBy !== undefined
        ? before.holds
        : (seen?.holds ?? 'undeclared');
    return {
      registered,
      holds,
      ...(before?.declaredBy === undefined ? {} : { declaredBy: before.declaredBy }),
      ...(seen?.note === undefined ? {} : { note: seen.note }),
    };
  });
  const live = (slot: Slot): SlotState => ({ fingerprint: plan.keys[slot], condition: 'live' });
  const planned: ApiKeysRotation = {
    ...rotation,
    plan,
    retiring: plan.activeSlot,
    slots: { Key1: live('Key1'), Key2: live('Key2') },
    consumers,
  };
  return then(withEffects(planned, ...askUndeclared(consumers)), (next) =>
    settleOnOneKey(next, plan.activeSlot, at, tools),
  );
}
