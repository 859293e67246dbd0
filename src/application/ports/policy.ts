import type { Account } from '../../domain/account.ts';
import type { Digest } from '../../domain/ids.ts';
import type { Rules } from '../../domain/policy.ts';
import type { Place } from '../../domain/request.ts';

/**
 * What the policy says, apart from how it is written. `digest` is over `meaning` and stands with every rotation;
 * `text` is the file as it was read. Nothing in it is secret.
 */
export type PolicyVersion = Readonly<{ digest: Digest; meaning: unknown; text: string }>;

/** The policy file in force. */
export interface Policies {
  /**
   * The rules for an account as typed (`name`, `group/name`, `subscription/group/name`) or as found.
   * An account without an entry of its own gets the defaults and no registered consumers.
   */
  rulesFor(account: string | Account): Rules;
  /** Where a rotation asked for in a personal chat is told. */
  readonly homeChannel: Place | null;
  readonly version: PolicyVersion;
  /** Account names with an entry, for suggestions. */
  readonly accounts: readonly string[];
}
