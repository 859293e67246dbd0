import type { Fault } from '../../domain/faults.ts';
import type { Person } from '../../domain/people.ts';
import type { Group } from '../../domain/policy.ts';
import type { Result } from '../../domain/result.ts';

/** Who belongs to which group, as the organisation's directory says. A fault is never a membership. */
export interface Directory {
  /**
   * Ids (`Group.id`) of those of the groups that the person is in, directly or through other groups. What it
   * says may be up to a minute old. One group that can't be looked up is a fault of the whole question.
   * `signal` ends the wait.
   */
  memberOf(
    person: Person,
    groups: readonly Group[],
    signal: AbortSignal,
  ): Promise<Result<readonly string[], Fault>>;
  /** Everybody in the group, for display only. Refuses a group too large to be shown. */
  members(group: Group, signal: AbortSignal): Promise<Result<readonly Person[], Fault>>;
}
