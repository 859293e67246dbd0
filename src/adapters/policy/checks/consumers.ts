import { isLoopbackUrl } from '../../../config/loopback.ts';
import type { Finding } from '../problems.ts';
import { consumersOf, part } from './parts.ts';
import { repeated } from './repeated.ts';

/** The same consumer twice within an account, and the same secret twice anywhere. */
export function consumerChecks(data: unknown): readonly Finding[] {
  const names = consumersOf(data).flatMap(({ consumer, account, path }) => {
    const name = part(consumer, 'name');
    return typeof name === 'string'
      ? [{ key: `${account.path.join('.')} ${name.toLowerCase()}`, path: [...path, 'name'] }]
      : [];
  });
  const says = 'stands in this file already: put both together';
  return [...repeated(names).map(({ path }) => ({ path, says })), ...sharedSecrets(data)];
}

/** One secret holds one key: as two consumers of an account it would be given twice, of two accounts it can't be right. */
function sharedSecrets(data: unknown): readonly Finding[] {
  const secrets = consumersOf(data).flatMap(({ consumer, account, path }) => {
    const vault = part(consumer, 'vault');
    const secret = part(consumer, 'secret');
    if (typeof vault !== 'string' || typeof secret !== 'string') return [];
    const key = `${vault.replace(/\/+$/, '')}/${secret}`.toLowerCase();
    return [{ key, account: account.path.join('.'), path: [...path, 'secret'] }];
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
export const strangerChecks = (data: unknown): readonly Finding[] =>
  consumersOf(data).flatMap(({ consumer, path }) =>
    ['vault', 'receipt'].flatMap((name): Finding[] => {
      const url = part(consumer, name);
      if (typeof url !== 'string' || URL.parse(url) === null || isLoopbackUrl(url)) return [];
      return [
        { path: [...path, name], says: 'must lead to this machine, because MicrosoftAppId is not set' },
      ];
    }),
  );
