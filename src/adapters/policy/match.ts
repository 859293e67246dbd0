import { posix } from 'node:path';
import type { Account } from '../../domain/account.ts';
import type { AccountName } from './accountName.ts';

/**
 * Which accounts an entry of the file is about: all of these conditions, in lower case but for the values
 * of tags. `name` may hold `*` and `?`.
 */
export type Match = Readonly<{
  name?: string;
  group?: string;
  /** Id or name. */
  subscription?: string;
  tags?: Readonly<Record<string, string>>;
}>;

/** What is known of an account; what is absent is not known. */
export type Subject = Readonly<{
  name: string;
  group?: string;
  /** Id or name, or both: then nothing else can be its subscription. */
  subscription?: readonly string[];
  /** Names in lower case. */
  tags?: Readonly<Record<string, string>>;
}>;

/** One condition, held against an account. `perhaps`: too little is known of it. */
export type Judged = Readonly<{ condition: string; fits: Fit; has?: string }>;
export type Fit = 'yes' | 'no' | 'perhaps';

const lowerNames = (tags: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(tags).map(([name, value]) => [name.toLowerCase(), value]));

/** Conditions as they are written in the file. */
export const matchOf = (written: {
  name?: string;
  resourceGroup?: string;
  subscription?: string;
  tags?: Readonly<Record<string, string>>;
}): Match => ({
  ...(written.name !== undefined && { name: written.name.toLowerCase() }),
  ...(written.resourceGroup !== undefined && { group: written.resourceGroup.toLowerCase() }),
  ...(written.subscription !== undefined && { subscription: written.subscription.toLowerCase() }),
  ...(written.tags && { tags: lowerNames(written.tags) }),
});

/** An account as Azure describes it: everything is known. */
export const subjectFound = (account: Account): Subject => ({
  name: account.name.toLowerCase(),
  group: account.resourceGroup.toLowerCase(),
  subscription: [account.subscriptionId.toLowerCase(), account.subscriptionName.toLowerCase()],
  tags: lowerNames(account.tags ?? {}),
});

/** An account as it was typed; its tags where somebody said those too. */
export const subjectTyped = (
  { name, group, subscription }: AccountName,
  tags?: Readonly<Record<string, string>>,
): Subject => ({
  name,
  ...(group !== undefined && { group }),
  ...(subscription !== undefined && { subscription: [subscription] }),
  ...(tags && { tags: lowerNames(tags) }),
});

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** A subscription's name and an id might be the same subscription. */
const mightBeOne = (a: string, b: string): boolean => a === b || guid.test(a) !== guid.test(b);

export const hasWildcard = (pattern: string): boolean => /[*?]/.test(pattern);

/** Every condition of an entry, held against an account. */
export function judge(match: Match, subject: Subject): readonly Judged[] {
  const known = (condition: string, fits: boolean, has: string): Judged => ({
    condition,
    fits: fits ? 'yes' : 'no',
    has,
  });
  const all: Judged[] = [];
  if (match.name !== undefined)
    all.push(known(`name ${match.name}`, posix.matchesGlob(subject.name, match.name), subject.name));
  if (match.group !== undefined) {
    const condition = `resource group ${match.group}`;
    const { group } = subject;
    all.push(
      group === undefined ? { condition, fits: 'perhaps' } : known(condition, group === match.group, group),
    );
  }
  if (match.subscription !== undefined) all.push(judgeSubscription(match.subscription, subject.subscription));
  for (const [name, value] of Object.entries(match.tags ?? {})) {
    const condition = `tag ${name} = ${value}`;
    const { tags } = subject;
    if (tags === undefined) all.push({ condition, fits: 'perhaps' });
    else all.push(known(condition, tags[name] === value, tags[name] ?? 'no such tag'));
  }
  return all;
}

function judgeSubscription(wanted: string, has: Subject['subscription']): Judged {
  const condition = `subscription ${wanted}`;
  if (has === undefined) return { condition, fits: 'perhaps' };
  const told = { condition, has: has.join(', ') };
  if (has.includes(wanted)) return { ...told, fits: 'yes' };
  const open = has.length === 1 && has.some((one) => mightBeOne(one, wanted));
  return { ...told, fits: open ? 'perhaps' : 'no' };
}

/** Whether an entry is about an account: one condition that fails is enough against it. */
export function fits(match: Match, subject: Subject): Fit {
  const verdicts = judge(match, subject).map((one) => one.fits);
  return verdicts.includes('no') ? 'no' : verdicts.includes('perhaps') ? 'perhaps' : 'yes';
}

/** Whether one account could fit both. Says yes when that can't be told. */
export function canMeet(a: Match, b: Match): boolean {
  const differ = (one?: string, other?: string) => one !== undefined && other !== undefined && one !== other;
  if (differ(a.group, b.group)) return false;
  if (
    a.subscription !== undefined &&
    b.subscription !== undefined &&
    !mightBeOne(a.subscription, b.subscription)
  )
    return false;
  if (Object.entries(a.tags ?? {}).some(([name, value]) => differ(value, b.tags?.[name]))) return false;
  return a.name === undefined || b.name === undefined || namesCanMeet(a.name, b.name);
}

function namesCanMeet(a: string, b: string): boolean {
  if (!hasWildcard(a) && !hasWildcard(b)) return a === b;
  if (!hasWildcard(a)) return posix.matchesGlob(a, b);
  if (!hasWildcard(b)) return posix.matchesGlob(b, a);
  const head = (text: string) => text.slice(0, text.search(/[*?]/));
  const tail = (text: string) => /[^*?]*$/.exec(text)?.[0] ?? '';
  const [headA, headB, tailA, tailB] = [head(a), head(b), tail(a), tail(b)];
  return (
    (headA.startsWith(headB) || headB.startsWith(headA)) && (tailA.endsWith(tailB) || tailB.endsWith(tailA))
  );
}

/** Whether every account that fits `b` fits `a` too. */
export const covers = (a: Match, b: Match): boolean =>
  (a.group === undefined || a.group === b.group) &&
  (a.subscription === undefined || a.subscription === b.subscription) &&
  Object.entries(a.tags ?? {}).every(([name, value]) => b.tags?.[name] === value) &&
  (a.name === undefined || nameCovers(a.name, b.name ?? '*'));

/** Tildes stand in no account's name: only a wildcard can take them, and only `*` more than there are `?`. */
function nameCovers(a: string, b: string): boolean {
  const probe = (star: string) => b.replaceAll('?', '~').replaceAll('*', star);
  return [probe(''), probe('~'.repeat(a.length + 1))].every((name) => posix.matchesGlob(name, a));
}
