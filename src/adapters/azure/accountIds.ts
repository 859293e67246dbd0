import type { Account } from '../../domain/account.ts';

/** The parts of an account's ARM id. */
export type AccountParts = Readonly<{ subscriptionId: string; resourceGroup: string; name: string }>;

const pattern =
  /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.CognitiveServices\/accounts\/([^/]+)$/i;

/** Takes an account's ARM id apart. Throws on any other id: it came from Azure or from our own store. */
export function partsOf(id: string): AccountParts {
  const [, subscriptionId, resourceGroup, name] = pattern.exec(id) ?? [];
  if (subscriptionId === undefined || resourceGroup === undefined || name === undefined) {
    throw new Error(`not the id of an account: ${id}`);
  }
  return { subscriptionId, resourceGroup, name };
}

/** Whether `scope` is `above` or lies below it; ARM ids have no case. */
export const covers = (above: string, scope: string): boolean =>
  `${scope.toLowerCase()}/`.startsWith(`${above.toLowerCase().replace(/\/+$/, '')}/`);

/** An account's name as a person may write it, and as long as the person wrote it. */
export interface TypedName {
  readonly matches: (account: Account) => boolean;
  /** Another account in the same form, for suggestions. */
  readonly spell: (account: Account) => string;
}

/** Reads `name`, `group/name` or `subscription/group/name` (subscription by id or name). Case doesn't matter. */
export function readName(text: string): TypedName {
  const parts = text.split('/').map((part) => part.trim());
  const name = parts.at(-1) ?? '';
  const group = parts.at(-2);
  // the display name of a subscription may hold a slash itself
  const subscription = parts.length > 2 ? parts.slice(0, -2).join('/') : undefined;
  return {
    matches: (account) =>
      same(account.name, name) &&
      (group === undefined || same(account.resourceGroup, group)) &&
      (subscription === undefined ||
        same(account.subscriptionId, subscription) ||
        same(account.subscriptionName, subscription)),
    spell: (account) =>
      [
        ...(subscription === undefined ? [] : [account.subscriptionName]),
        ...(group === undefined ? [] : [account.resourceGroup]),
        account.name,
      ].join('/'),
  };
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
