import { sameVault } from '../../../../domain/encryptionKey/key.ts';
import { accountInWords, plain } from '../plain.ts';
import type { EncryptionPhase, EncryptionKeyRotation } from '../../../../domain/encryptionKey/rotation.ts';
import type { Found } from '../../../../domain/encryptionKey/plan.ts';
import type { Candidate, KeyChoice } from '../../../../domain/encryptionKey/target.ts';
import { button, ofRotation, type Button } from '../buttons.ts';
import { facts, type Fact } from '../rows.ts';
import { accountName, type Part, type Status } from '../shared.ts';
import { bystanderNote, isInvolved } from '../standing.ts';
import { clock } from '../times.ts';
import type { EncryptionView } from '../view.ts';
import { counted } from '../words.ts';
import { optionOf } from './keyChoice.ts';
import { day, encryptionText, keyText, kindText, vaultText, wantedText } from './keyWords.ts';
import { checkParts } from './planChecks.ts';

type Choosing = Extract<EncryptionPhase, { at: 'choosingKey' }>;

/**
 * Which key shall it be? With the checks of the one that was chosen before, where it can't be used. The only
 * card of a rotation with inputs: nothing edits it before somebody has chosen.
 */
export function choosing(view: EncryptionView, phase: Choosing, rows: number): Part {
  const { rotation } = view;
  const { found } = rotation;
  return {
    template: 'key-choice',
    status: statusOf(view, phase),
    note: bystanderNote(view),
    buttons: isInvolved(view) ? buttonsOf(view) : [],
    stagesOpen: false,
    data: {
      facts: usesNow(rotation),
      ...checkParts(phase.unfit, rows),
      asks: isInvolved(view),
      ...inputsOf(rotation, phase.unfit?.choice, 2 * rows),
      more: found === undefined ? '' : moreOf(found, 2 * rows),
    },
  };
}

function statusOf({ now }: EncryptionView, { since, unfit }: Choosing): Status {
  const clockLine = `Since ${clock(since, now)}`;
  return unfit === undefined
    ? {
        tone: 'accent',
        mark: 'now',
        headline: 'Which key shall it use?',
        says: ['Choosing changes nothing: the key is checked first, and then approved by several people.'],
        clock: clockLine,
      }
    : {
        tone: 'attention',
        mark: 'halted',
        headline: `Can’t be used: ${wantedText(unfit)}`,
        says: ['Nothing was changed. Mend what stands below and check again, or choose another key.'],
        clock: clockLine,
      };
}

function usesNow(rotation: EncryptionKeyRotation): readonly Fact[] {
  const { found } = rotation;
  if (found === undefined) return [];
  const { encryption, inUse } = found;
  if (encryption.source === 'microsoft') return facts({ Key: 'Microsoft-managed' });
  return facts({
    Key: encryptionText(encryption, inUse),
    Vault: vaultText(rotation, encryption.key.vault),
    Version:
      encryption.key.version === ''
        ? 'not pinned: Azure follows the newest one by itself'
        : 'pinned: it stays until somebody changes it',
  });
}

function buttonsOf({ rotation, actions }: EncryptionView): readonly Button[] {
  const base = ofRotation(rotation);
  const vaults = rotation.found?.vaults ?? [];
  const [only, another] = vaults;
  // one vault isn't asked for; of several the input says which
  const vault = only === undefined || another !== undefined ? {} : { vault: only.address };
  return [
    // three buttons with long titles don't fit on a phone
    button(
      actions.checkAgain ? 'Check key' : 'Check this key',
      { ...base, verb: 'chooseKey', ...vault },
      'positive',
    ),
    ...(actions.checkAgain ? [button('Check again', { ...base, verb: 'retry' })] : []),
    ...(actions.cancel ? [button('Cancel', { ...base, verb: 'cancel' })] : []),
  ];
}

type Option = Readonly<{ title: string; value: string }>;

/** What the inputs hold at first: what was chosen before, else the first option. `most`: how many existing versions. */
function inputsOf(rotation: EncryptionKeyRotation, before: KeyChoice | undefined, most: number) {
  const { found } = rotation;
  const options = found === undefined ? [] : optionsOf(found, most);
  const vaults = (found?.vaults ?? [])
    .slice(0, most)
    .map(({ address, name }) => ({ title: plain(name, 80), value: address }));
  const chosen = before === undefined ? undefined : optionOf(before);
  const offered = options.find(({ value }) => value === chosen) ?? options[0];
  return {
    options,
    option: offered?.value ?? '',
    vaults,
    vault: (before?.of === 'newKey' ? before.vault : vaults[0]?.value) ?? '',
    newName: before?.of === 'newKey' ? before.name : '',
    namePlaceholder: `${accountInWords(accountName(rotation)).replace(/\s/g, '-')}-key`,
    identifier: before?.of === 'existing' && offered?.value !== chosen ? optionOf(before) : '',
    identifierPlaceholder: 'https://<vault>/keys/<name>/<version>',
  };
}

function optionsOf({ encryption, vaults, candidates, newKey }: Found, most: number): readonly Option[] {
  const newVersion: readonly Option[] =
    encryption.source === 'microsoft'
      ? []
      : [
          {
            title: `A new version of ${plain(encryption.key.name, 130)}`,
            value: optionOf({ of: 'newVersion' }),
          },
        ];
  const fresh: readonly Option[] =
    vaults.length === 0 ? [] : [{ title: `A new key (${kindText(newKey)})`, value: 'newKey' }];
  const existing = candidates.slice(0, most).map((candidate) => optionFor(candidate, vaults));
  // without a key in use the safest offer is one that nobody else uses
  return encryption.source === 'microsoft' ? [...fresh, ...existing] : [...newVersion, ...existing, ...fresh];
}

function optionFor(
  { key, newest, inUse, created, expires, unfit }: Candidate,
  vaults: Found['vaults'],
): Option {
  const vault = vaults.length > 1 ? vaults.find(({ address }) => sameVault(address, key.vault)) : undefined;
  const parts = [
    keyText(key),
    vault === undefined ? '' : `in ${plain(vault.name, 60)}`,
    inUse ? 'in use' : '',
    newest ? 'newest' : '',
    created === null ? '' : `of ${day(created)}`,
    expires === null ? '' : `expires ${day(expires)}`,
    unfit === undefined ? '' : `can’t be used: ${plain(unfit, 100)}`,
  ];
  return {
    title: parts.filter((part) => part !== '').join(' · '),
    value: optionOf({ of: 'existing', key }),
  };
}

const moreOf = ({ more, candidates }: Found, most: number): string => {
  const hidden = more + Math.max(0, candidates.length - most);
  return hidden === 0
    ? ''
    : `${counted(hidden, 'more version is', 'more versions are')} there: choose one by its identifier.`;
};
