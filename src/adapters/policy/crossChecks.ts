import { isLoopbackUrl } from '../../config/loopback.ts';
import { parseDuration } from '../../config/duration.ts';
import type { Timing } from '../../domain/policy.ts';
import { parseAccountName } from './accountName.ts';
import type { Finding, Path } from './problems.ts';
import { defaultTiming } from './timing.ts';

/*
 * What the parts of a file say about each other. These look at the bare data, not at what the schema made
 * of it, so that they are heard together with the schema's own complaints.
 */

/** All of them. `loopbackOnly`: the program runs without authentication, so nothing real may be named. */
export function crossChecks(data: unknown, loopbackOnly: boolean): readonly Finding[] {
  return [
    ...timings(data),
    ...weakerRetirement(data),
    ...twiceNamed(data),
    ...sharedSecrets(data),
    ...(loopbackOnly ? strangersOf(data) : []),
  ];
}

const part = (data: unknown, name: string): unknown =>
  typeof data === 'object' && data !== null ? (data as Record<string, unknown>)[name] : undefined;
const list = (data: unknown): readonly unknown[] => (Array.isArray(data) ? data : []);

/** The accounts of the file, each with its path. */
const accountsOf = (data: unknown) =>
  list(part(data, 'accounts')).map((account, index) => ({ account, path: ['accounts', index] as Path }));

const consumersOf = (data: unknown) =>
  accountsOf(data).flatMap(({ account, path }) =>
    list(part(account, 'consumers')).map((consumer, index) => ({
      consumer,
      accountPath: path,
      path: [...path, 'consumers', index] as Path,
    })),
  );

/** A wait that is longer than the whole that it divides. */
function timings(data: unknown): readonly Finding[] {
  const pairs = [
    ['watchEvery', 'soak'],
    ['deadEvery', 'deadWithin'],
  ] as const satisfies readonly (readonly [keyof Timing, keyof Timing])[];
  const places = [
    { owner: data, path: [] as Path },
    ...accountsOf(data).map((a) => ({ owner: a.account, path: a.path })),
  ];
  return places.flatMap(({ owner, path }) => {
    const written = (name: keyof Timing, from: unknown): number | undefined => {
      const text = part(part(from, 'timing'), name);
      return typeof text === 'string' ? parseDuration(text) : undefined;
    };
    return pairs.flatMap(([each, whole]): Finding[] => {
      const own = (name: keyof Timing) => written(name, owner);
      const inForce = (name: keyof Timing) => own(name) ?? written(name, data) ?? defaultTiming[name];
      const mentioned = own(each) !== undefined ? each : own(whole) !== undefined ? whole : undefined;
      if (mentioned === undefined || inForce(each) <= inForce(whole)) return [];
      return [{ path: [...path, 'timing', mentioned], says: `${each} is longer than ${whole}` }];
    });
  });
}

/** The second gate kills the key in use: it should not be the easier one. */
function weakerRetirement(data: unknown): readonly Finding[] {
  const need = (from: unknown, gate: string) => part(part(part(from, 'gates'), gate), 'need');
  const places = [
    { owner: data, path: [] as Path },
    ...accountsOf(data).map((a) => ({ owner: a.account, path: a.path })),
  ];
  return places.flatMap(({ owner, path }): Finding[] => {
    if (part(owner, 'gates') === undefined) return [];
    const prepare = need(owner, 'prepare') ?? need(data, 'prepare');
    const retire = need(owner, 'retire') ?? need(data, 'retire');
    if (typeof prepare !== 'number' || typeof retire !== 'number' || retire < 1 || retire >= prepare)
      return [];
    const says = `asks fewer people (${retire}) than prepare (${prepare}), although it kills the key in use`;
    return [{ path: [...path, 'gates'], says: `retire ${says}`, weight: 'warning' }];
  });
}

/** The same account, or the same consumer within an account, a second time. */
function twiceNamed(data: unknown): readonly Finding[] {
  const accounts = accountsOf(data).flatMap(({ account, path }) => {
    const name = part(account, 'name');
    const parsed = typeof name === 'string' ? parseAccountName(name) : undefined;
    return parsed
      ? [{ key: JSON.stringify(parsed, ['subscription', 'group', 'name']), path: [...path, 'name'] }]
      : [];
  });
  const consumers = consumersOf(data).flatMap(({ consumer, accountPath, path }) => {
    const name = part(consumer, 'name');
    return typeof name === 'string'
      ? [{ key: `${accountPath.join('.')} ${name.toLowerCase()}`, path: [...path, 'name'] }]
      : [];
  });
  return [...repeated(accounts), ...repeated(consumers)].map(({ path }) => ({
    path,
    says: 'stands in this file already: put both together',
  }));
}

/** One secret holds one key: as two consumers of an account it would be given twice, of two accounts it can't be right. */
function sharedSecrets(data: unknown): readonly Finding[] {
  const secrets = consumersOf(data).flatMap(({ consumer, accountPath, path }) => {
    const vault = part(consumer, 'vault');
    const secret = part(consumer, 'secret');
    if (typeof vault !== 'string' || typeof secret !== 'string') return [];
    const key = `${vault.replace(/\/+$/, '')}/${secret}`.toLowerCase();
    return [{ key, account: accountPath.join('.'), path: [...path, 'secret'] }];
  });
  return repeated(secrets).map(({ path, account, first }): Finding =>
    account === first.account
      ? { path, says: 'is the secret of another consumer of this account already: put both together' }
      : {
          path,
          says: 'is registered under another account too, but can hold the key of one only',
          weight: 'warning',
        },
  );
}

/** Vaults and receipts that are not on this machine. */
const strangersOf = (data: unknown): readonly Finding[] =>
  consumersOf(data).flatMap(({ consumer, path }) =>
    ['vault', 'receipt'].flatMap((name): Finding[] => {
      const url = part(consumer, name);
      if (typeof url !== 'string' || URL.parse(url) === null || isLoopbackUrl(url)) return [];
      return [
        { path: [...path, name], says: 'must lead to this machine, because MicrosoftAppId is not set' },
      ];
    }),
  );

/** Those whose key an earlier one has, each with that earlier one. */
function repeated<T extends { key: string }>(all: readonly T[]): readonly (T & { first: T })[] {
  return all.flatMap((one, index) => {
    const first = all.slice(0, index).find(({ key }) => key === one.key);
    return first === undefined ? [] : [{ ...one, first }];
  });
}
