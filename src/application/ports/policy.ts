import type { Account } from '../../domain/plan.ts';
import type { Rules } from '../../domain/policy.ts';
import type { Place } from '../../domain/rotation.ts';

/** The policy file in force. */
export interface Policies {
  /**
   * The rules for an account as typed (`name`, `group/name`, `subscription/group/name`) or as found.
   * An account without an entry of its own gets the defaults and no registered consumers.
   */
  rulesFor(account: string | Account): Rules;
  /** Where a rotation asked for in a personal chat is told. */
  readonly homeChannel: Place | null;
  /** Account names with an entry, for suggestions. */
  readonly accounts: readonly string[];
}
