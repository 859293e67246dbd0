import type { Check } from '../../../../domain/checks.ts';
import type { AccountState } from '../../../ports/azure.ts';
import { type Came, type Run, type Tools } from '../../../step.ts';
import { faulty, refuse } from './refusals.ts';

const actions = [
  'Microsoft.CognitiveServices/accounts/read',
  'Microsoft.CognitiveServices/accounts/listKeys/action',
  'Microsoft.CognitiveServices/accounts/regenerateKey/action',
] as const;

/** What no right and no wait can mend. */
export function whyUnfit({
  account,
  provisioningState,
  localAuthDisabled,
}: AccountState): Came<'plan'> | null {
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

export async function preflight(
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
