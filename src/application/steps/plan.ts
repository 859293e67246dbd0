import type { RegisteredConsumer } from '../../domain/consumers.ts';
import type { Fault } from '../../domain/faults.ts';
import {
  type Account,
  type Check,
  type KeyPicture,
  otherSlot,
  type Plan,
  type Slot,
  slotName,
  slots,
} from '../../domain/plan.ts';
import { ok, type Result } from '../../domain/result.ts';
import type { StepAnswer } from '../../domain/steps.ts';
import type { AccountState, KeysInHand } from '../ports/azure.ts';
import { answered, type Came, failed, type Run, type StepRunner, type Tools } from '../step.ts';
import { allAnswered200 } from './keys.ts';
import { subtractProbes, wholeMinute } from './traffic.ts';

type Refused = Extract<StepAnswer['plan'], { safe: false }>;
type Holdings = Extract<StepAnswer['plan'], { safe: true }>['holdings'];

const actions = [
  'Microsoft.CognitiveServices/accounts/read',
  'Microsoft.CognitiveServices/accounts/listKeys/action',
  'Microsoft.CognitiveServices/accounts/regenerateKey/action',
] as const;
const baselineMinutes = 60;

const refuse = (says: string, remedy: string, more: Partial<Refused> = {}): Came<'plan'> =>
  answered<'plan'>({ safe: false, says, remedy, ...more });

/** A fault that a person must mend refuses the plan; one that may pass by itself halts it, with Retry. */
function faulty(fault: Fault): Came<'plan'> {
  const lasting =
    fault.kind === 'denied' ||
    fault.kind === 'missing' ||
    fault.kind === 'refused' ||
    fault.kind === 'conflict';
  // a rotation that was refused is over: it has no Retry
  return lasting
    ? refuse(fault.says, fault.remedy.replace('press Retry', 'ask again'))
    : failed<'plan'>(fault);
}

/** Checks everything that can be checked without changing anything, and says which slot is in use. */
export const plan: StepRunner<'plan'> = async (tools, run) => {
  const account = await findAccount(tools, run);
  if ('came' in account) return account.came;
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

async function findAccount(
  tools: Tools,
  run: Run<'plan'>,
): Promise<Account | Readonly<{ came: Came<'plan'> }>> {
  const typed = run.ask.account;
  const search = await tools.azure.accounts.find(typed, run.signal);
  if (!search.ok) return { came: faulty(search.error) };
  const { found, otherNames } = search.value;
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (only === undefined) {
    const near = tools.nearest(typed, otherNames);
    const says = `There is no account named ${typed} in the subscriptions that I can read.`;
    return {
      came: refuse(says, 'Check the name, or give my identity read access to its subscription.', { near }),
    };
  }
  const ways = found.map(
    ({ subscriptionName, resourceGroup, name }) => `${subscriptionName}/${resourceGroup}/${name}`,
  );
  const says = `${String(found.length)} accounts are named ${only.name}: ${ways.join('; ')}.`;
  return {
    came: refuse(
      says,
      `Name the one you mean with its resource group: rotate ${only.resourceGroup}/${only.name} …`,
    ),
  };
}

/** What no right and no wait can mend. */
function whyUnfit({ account, provisioningState, localAuthDisabled }: AccountState): Came<'plan'> | null {
  if (provisioningState !== 'Succeeded')
    return refuse(
      `${account.name} is in the state "${provisioningState}": Azure is changing it right now, or a change failed.`,
      'Wait until its state is Succeeded (or mend the failed change), then ask again.',
    );
  if (localAuthDisabled)
    return refuse(
      `${account.name} has local authentication switched off (disableLocalAuth), so its keys are refused and nobody is using them: there is nothing to rotate.`,
      'Clients sign in with Microsoft Entra ID there, which is the safer way. If keys are needed after all, set disableLocalAuth to false first; an Azure Policy may set it back.',
    );
  return null;
}

async function preflight(
  tools: Tools,
  run: Run<'plan'>,
  state: AccountState,
): Promise<readonly Check[] | Came<'plan'>> {
  const { accounts } = tools.azure;
  const { account } = state;
  const missing = await accounts.missingActions(account.id, actions, run.signal);
  if (!missing.ok && missing.error.kind !== 'denied') return faulty(missing.error);
  if (missing.ok && missing.value.length > 0)
    return refuse(
      `My identity lacks ${missing.value.join(' and ')} on ${account.name}.`,
      'Grant it there (the built-in role Cognitive Services Contributor has it), then ask again.',
    );
  const locks = await accounts.locks(account.id, run.signal);
  if (!locks.ok && locks.error.kind !== 'denied') return faulty(locks.error);
  const readOnly = locks.ok ? locks.value.find((lock) => lock.level === 'ReadOnly') : undefined;
  if (readOnly !== undefined)
    return refuse(
      `The read-only lock "${readOnly.name}" on ${account.name} (or above it) forbids Azure to list or regenerate keys.`,
      'Remove the lock for the time of the rotation, then ask again.',
    );
  const encryption = await accounts.encryptionTrouble(state, run.signal);
  return [
    { name: 'State', verdict: 'pass', says: 'Succeeded; local authentication is on.' },
    missing.ok
      ? {
          name: 'Rights',
          verdict: 'pass',
          says: 'I may read the account, list its keys and regenerate them.',
        }
      : {
          name: 'Rights',
          verdict: 'unknown',
          says: 'My rights could not be read; Azure will tell when I use them.',
        },
    locks.ok
      ? { name: 'Locks', verdict: 'pass', says: 'No read-only lock.' }
      : {
          name: 'Locks',
          verdict: 'unknown',
          says: 'Locks could not be read; a read-only one would halt the rotation.',
        },
    encryptionCheck(
      state,
      encryption.ok ? encryption.value : 'The state of its encryption key could not be read.',
    ),
  ];
}

function encryptionCheck(state: AccountState, trouble: string | null): Check {
  if (trouble !== null)
    return {
      name: 'Encryption',
      verdict: 'warn',
      says: trouble,
      remedy: 'See to the encryption key: without it the account stops working, whatever its API keys.',
    };
  const says =
    state.encryptionKey === undefined
      ? 'Microsoft-managed key.'
      : `Customer-managed key ${state.encryptionKey.name}, enabled.`;
  return { name: 'Encryption', verdict: 'pass', says };
}

async function holdingsOf(
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

/** Faults that may pass by themselves: looked at again, or the gate would be blocked until the plan is asked for anew. */
const passing: readonly Fault['kind'][] = ['throttled', 'unreachable', 'unknownOutcome'];

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
function mostHeld(holdings: Holdings): Slot {
  const count = (slot: Slot): number => Object.values(holdings).filter(({ holds }) => holds === slot).length;
  return count('Key2') > count('Key1') ? 'Key2' : 'Key1';
}

type Proof = Readonly<{ proof: Plan['proof']; check: Check }>;

/** From here, the active key must answer 200 and a key that can't exist 401; otherwise nothing can be proved, or nothing works. */
async function proofPossible(
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

/** The hour before, without our own probes; null when Azure Monitor shows nothing. */
async function baselineOf(tools: Tools, account: Account, signal: AbortSignal): Promise<Plan['baseline']> {
  const now = tools.clock.now();
  const from = wholeMinute(now - baselineMinutes * 60_000);
  const metrics = await tools.azure.traffic.minutes(account, from, now, signal);
  if (!metrics.ok || metrics.value.length === 0) return null;
  const own = await tools.probes.minutes(account.id, from);
  const clients = subtractProbes(metrics.value, own);
  return {
    minutes: baselineMinutes,
    calls: clients.reduce((sum, { calls }) => sum + calls, 0),
    refused: clients.reduce((sum, { refused }) => sum + refused, 0),
  };
}
