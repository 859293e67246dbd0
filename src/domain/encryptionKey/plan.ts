import type { Account } from '../account.ts';
import type { Check } from '../checks.ts';
import type { EncryptionRules } from '../policy.ts';
import type { Encryption, KeyAddress } from './key.ts';
import type { Candidate, KeyChoice, Making } from './target.ts';

/** What the first look found, for a person to choose from. Nothing here is a secret. */
export type Found = Readonly<{
  account: Account;
  encryption: Encryption;
  /** The version behind the account's encryption now; null with a Microsoft-managed key. */
  inUse: KeyAddress | null;
  /** The account's own vault; with a Microsoft-managed key those that could become it. */
  vaults: readonly Readonly<{ address: string; name: string }>[];
  candidates: readonly Candidate[];
  /** How many more versions there are than the card can show: they can be chosen by their identifier. */
  more: number;
  newKey: EncryptionRules;
}>;

/** What was checked for one choice, and what exactly would be done. */
export type EncryptionPlan = Readonly<{
  choice: KeyChoice;
  /** The account's encryption at the time of the check. */
  from: Encryption;
  /** The version behind it: with a key that Azure follows, the newest at the time. Null: Microsoft-managed. */
  previous: KeyAddress | null;
  /** What must be made first; null when the key is there. */
  making: Making | null;
  /** Where the account will point. Its version is `''` where it isn't made yet, and where the account goes on following. */
  to: KeyAddress;
  /** The account follows the newest version by itself, and goes on so: making the version is the switch. */
  follows: boolean;
  /** Client id of the user-assigned identity that opens the vault; null: the system-assigned one. */
  identityClientId: string | null;
  /** From the Microsoft-managed key: nobody can undo it. */
  oneWay: boolean;
  /** Other accounts that follow the newest version of the same key, by name: a new version moves them too. */
  followers: readonly string[];
  checks: readonly Check[];
  /** The whole account, flat, as it was: compared with the account afterwards. */
  before: Readonly<Record<string, string>>;
}>;

/** The checks that stand in the way; with none of them the plan may be voted on. */
export const refusalsOf = ({ checks }: EncryptionPlan): readonly Check[] =>
  checks.filter(({ verdict }) => verdict === 'refuse');
