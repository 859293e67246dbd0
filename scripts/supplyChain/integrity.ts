import type { LockFile } from './lockFile.ts';
import { lockedPackages } from './lockFile.ts';

/** 64 bytes in base64, as in https://www.w3.org/TR/sri/ */
const sha512 = /^sha512-[A-Za-z0-9+/]{86}==$/;
const again = "Lock it again with the project's .npmrc (npm install) and commit package-lock.json.";

/**
 * Packages whose content the lock file does not hold fast, or that come from outside the registry.
 * The project's .npmrc leaves registry addresses out of the lock file, so that one lock file serves any
 * mirror; an address that is there all the same names another source, or was locked with other settings.
 */
export function integrityFindings(lock: LockFile): string[] {
  if (lock.lockfileVersion !== 3) {
    return [`package-lock.json has version ${lock.lockfileVersion}, not 3. ${again}`];
  }
  return lockedPackages(lock).flatMap(({ title, resolved, integrity, inBundle }) => [
    ...(resolved === undefined ? [] : [`${title} ${source(resolved)}`]),
    // what a package brings inside itself is covered by that package's own hash
    ...(inBundle ? [] : hashFindings(title, integrity)),
  ]);
}

function source(resolved: string): string {
  const use = 'Use a version that the registry has.';
  if (resolved.startsWith('http:')) return `would be fetched over plain http. ${use}`;
  if (!resolved.startsWith('https:')) return `comes from ${resolved}, not from the registry. ${use}`;
  return `has an address of its own in the lock file. ${use} ${again}`;
}

function hashFindings(title: string, integrity: string | undefined): string[] {
  if (integrity === undefined) return [`${title} has no integrity, so anything would be installed. ${again}`];
  // npm takes the strongest of several, and nothing weaker may stand alone
  return integrity.split(/\s+/).some((hash) => sha512.test(hash))
    ? []
    : [`${title} has no sha512 integrity. ${again}`];
}
