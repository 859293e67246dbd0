import type { Plan } from '../../../domain/apiKeys/plan.ts';
import { answered, failed, type StepRunner } from '../../step.ts';
import { findAccount } from '../findAccount.ts';
import { baselineOf } from './planning/baseline.ts';
import { holdingsOf, mostHeld } from './planning/holdings.ts';
import { preflight, whyUnfit } from './planning/preflight.ts';
import { proofPossible } from './planning/proof.ts';
import { faulty, refuse } from './planning/refusals.ts';

/** Checks everything that can be checked without changing anything, and says which slot is in use. */
export const plan: StepRunner<'plan'> = async (tools, run) => {
  const search = await findAccount(tools, run.ask.account, run.signal);
  if (!search.ok) {
    if ('fault' in search.error) return faulty(search.error.fault);
    const { says, remedy, ...more } = search.error;
    return refuse(says, remedy, more);
  }
  const account = search.value;
  const read = await tools.azure.accounts.read(account.id, run.signal);
  if (!read.ok) return faulty(read.error);
  const unfit = whyUnfit(read.value);
  if (unfit !== null) return unfit;
  const checks = await preflight(tools, run, read.value);
  if ('to' in checks) return checks;
  const listed = await tools.azure.keys.listKeys(account, run.salt, run.signal);
  if (!listed.ok) return faulty(listed.error);
  const keys = listed.value;
  const rules = tools.policies.rulesFor(read.value.account);
  const held = await holdingsOf(tools, run, rules.consumers, keys.picture);
  if (!held.ok) return failed<'plan'>(held.error);
  const holdings = held.value;
  const activeSlot = mostHeld(holdings);
  const proof = await proofPossible(tools, run, read.value, keys, activeSlot);
  if ('to' in proof) return proof;
  const found: Plan = {
    account: read.value.account,
    keys: keys.picture,
    activeSlot,
    checks: [...checks, proof.check],
    proof: proof.proof,
    baseline: await baselineOf(tools, account, run.signal),
  };
  return answered<'plan'>({ safe: true, plan: found, rules, holdings });
};
