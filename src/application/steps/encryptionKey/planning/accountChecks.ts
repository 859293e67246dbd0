import type { Check } from '../../../../domain/checks.ts';
import { isBusy } from '../rotation.ts';
import type { Facts } from './facts.ts';
import { sources } from './sources.ts';
import { pass, refuse, unknown, warn } from './verdicts.ts';

/** The account itself, and what Keysmith may do to it. */
export const accountChecks = (facts: Facts): readonly Check[] => [
  state(facts),
  locks(facts),
  ownRights(facts),
  oneWay(facts),
];

function state({ account }: Facts): Check {
  const { provisioningState, name } = account;
  if (provisioningState === 'Succeeded')
    return pass('State', `${name} is in the state Succeeded: nothing is going on there.`);
  return refuse(
    'State',
    `${name} is in the state "${provisioningState}": ${isBusy(account) ? 'Azure is changing it right now' : 'the last change of it came to nothing'}.`,
    {
      remedy: isBusy(account)
        ? 'Wait until its state is Succeeded, then check again.'
        : 'See in the activity log what failed and mend it, so that its state is Succeeded; then check again.',
    },
  );
}

function locks({ locks: look, account }: Facts): Check {
  if ('unseen' in look)
    return unknown(
      'Locks',
      `Locks could not be read; a read-only one would halt the rotation. ${look.unseen.says}`,
    );
  const readOnly = look.seen.find(({ level }) => level === 'ReadOnly');
  if (readOnly)
    return refuse(
      'Locks',
      `The read-only lock "${readOnly.name}" on ${account.name} (or above it) forbids Azure to change it.`,
      {
        remedy: 'Remove the lock for the time of the rotation, then check again.',
      },
    );
  const [other] = look.seen;
  return pass(
    'Locks',
    other === undefined
      ? 'No lock.'
      : `The lock "${other.name}" forbids to delete the account only; that stands in nobody's way.`,
  );
}

function ownRights({ missingActions: look, account }: Facts): Check {
  if ('unseen' in look)
    return unknown(
      "Keysmith's rights",
      `My own rights could not be read; Azure will tell when I use them. ${look.unseen.says}`,
    );
  return look.seen.length === 0
    ? pass("Keysmith's rights", `I may read and change ${account.name}.`)
    : refuse("Keysmith's rights", `My identity lacks ${look.seen.join(' and ')} on ${account.name}.`, {
        remedy: 'Grant it there (the built-in role Cognitive Services Contributor has it), then check again.',
      });
}

function oneWay({ account, rules }: Facts): Check {
  const name = 'One-way door';
  const from = [sources.rotateKeys, sources.portal, sources.portalBefore, sources.openAi];
  if (account.encryption.source === 'customer')
    return pass(name, 'The key was customer-managed before and stays so.', { sources: [sources.rotateKeys] });
  if (rules.gates.oneWay === undefined)
    return refuse(
      name,
      `${account.name} has a Microsoft-managed key. To leave that can't be undone, and the policy names nobody who may decide on it.`,
      {
        remedy:
          'Add the gate "oneWay" to the policy of this account, with the quorum that such a step deserves.',
        sources: from,
      },
    );
  return warn(
    name,
    `${account.name} leaves its Microsoft-managed key for good: this can't be undone. From then on its data can be read only while the key in the vault can be used. Two pages say that there is no way back, an older one that there is no way at all in either direction, and the one on Azure OpenAI describes a way back; I take it that there is none.`,
    {
      remedy: 'Approve only if somebody looks after that vault for as long as the account lives.',
      sources: from,
    },
  );
}
