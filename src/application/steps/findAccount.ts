import type { Account } from '../../domain/account.ts';
import type { Fault } from '../../domain/faults.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { Tools } from '../step.ts';

/** Why no account was found: Azure could not say, or the name is nobody's, or that of several. */
export type Unfound = Readonly<{ fault: Fault } | { says: string; remedy: string; near?: readonly string[] }>;

/** The account of a name as typed: `name`, `group/name` or `subscription/group/name`. */
export async function findAccount(
  { azure, nearest }: Pick<Tools, 'azure' | 'nearest'>,
  typed: string,
  signal: AbortSignal,
): Promise<Result<Account, Unfound>> {
  const search = await azure.accounts.find(typed, signal);
  if (!search.ok) return err({ fault: search.error });
  const { found, otherNames } = search.value;
  const [only] = found;
  if (only !== undefined && found.length === 1) return ok(only);
  if (only === undefined)
    return err({
      says: `There is no account named ${typed} in the subscriptions that I can read.`,
      remedy: 'Check the name, or give my identity read access to its subscription.',
      near: nearest(typed, otherNames),
    });
  const ways = found.map(
    ({ subscriptionName, resourceGroup, name }) => `${subscriptionName}/${resourceGroup}/${name}`,
  );
  return err({
    says: `${String(found.length)} accounts are named ${only.name}: ${ways.join('; ')}.`,
    remedy: `Name the one you mean with its resource group: rotate ${only.resourceGroup}/${only.name} …`,
  });
}

/** A fault that a person must mend; any other may pass by itself. */
export const isLasting = ({ kind }: Fault): boolean =>
  kind === 'denied' || kind === 'missing' || kind === 'refused' || kind === 'conflict';
