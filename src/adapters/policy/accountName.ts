import type { Account } from '../../domain/plan.ts';

/** An account as somebody named it, in lower case (Azure ignores it): its name, and as much before it as was written. */
export type AccountName = Readonly<{ name: string; group?: string; subscription?: string }>;

const armId =
  /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.CognitiveServices\/accounts\/([^/]+)$/i;
/** Source: the REST API specification of Microsoft.CognitiveServices, 2025-09-01. */
const accountPattern = /^[a-z0-9][a-z0-9_.-]{1,63}$/;
/** Source: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules. */
const groupPattern = /^[\p{L}\p{N}_.()-]{0,89}[\p{L}\p{N}_()-]$/u;

/** Reads `name`, `group/name`, `subscription/group/name` or an ARM id; undefined for anything else. */
export function parseAccountName(text: string): AccountName | undefined {
  const parts = armId.exec(text.trim())?.slice(1) ?? text.trim().split('/');
  const [name, group, subscription, ...more] = parts.map((part) => part.trim().toLowerCase()).reverse();
  if (name === undefined || !accountPattern.test(name) || more.length > 0) return undefined;
  if (group === undefined) return { name };
  if (!groupPattern.test(group)) return undefined;
  if (subscription === undefined) return { name, group };
  return subscription === '' ? undefined : { name, group, subscription };
}

/** How many of its parts a name has: the more, the fewer accounts it can mean. */
export const precision = ({ group, subscription }: AccountName): number =>
  subscription !== undefined ? 3 : group !== undefined ? 2 : 1;

/** Whether an entry of that name is about this account. A subscription can be meant by id or by name. */
export const isAbout = (entry: AccountName, account: Account): boolean =>
  entry.name === account.name.toLowerCase() &&
  (entry.group ?? account.resourceGroup.toLowerCase()) === account.resourceGroup.toLowerCase() &&
  (entry.subscription === undefined ||
    [account.subscriptionId, account.subscriptionName].some(
      (one) => one.toLowerCase() === entry.subscription,
    ));

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether both can mean the same account. A subscription's name and an id might be the same subscription. */
export const canMeanTheSame = (a: AccountName, b: AccountName): boolean =>
  a.name === b.name &&
  (a.group === undefined || b.group === undefined || a.group === b.group) &&
  (a.subscription === undefined ||
    b.subscription === undefined ||
    a.subscription === b.subscription ||
    guid.test(a.subscription) !== guid.test(b.subscription));

/** Whether every account that `typed` can mean is one that `entry` is about. */
export const covers = (entry: AccountName, typed: AccountName): boolean =>
  entry.name === typed.name &&
  (entry.group === undefined || entry.group === typed.group) &&
  (entry.subscription === undefined || entry.subscription === typed.subscription);
