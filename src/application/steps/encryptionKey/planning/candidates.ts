import { type KeyAddress, sameKey, sameKeyName } from '../../../../domain/encryptionKey/key.ts';
import type { Candidate } from '../../../../domain/encryptionKey/target.ts';
import type { Fault } from '../../../../domain/faults.ts';
import { err, ok, type Result } from '../../../../domain/result.ts';
import type { KeyVersion } from '../../../ports/encryption.ts';
import type { Tools } from '../../../step.ts';
import { isLasting } from '../../findAccount.ts';
import { whyUnusable } from '../rotation.ts';

/** How many versions a card can show. */
const mostShown = 20;
/** Of how many keys the versions are listed: one request each. */
const mostKeys = 24;
const atOnce = 6;

export type Candidates = Readonly<{ candidates: readonly Candidate[]; more: number }>;

/** One key's versions, newest first. */
type OfKey = readonly Candidate[];

/**
 * The versions in these vaults that can be chosen: of the key in use first, then by name, newest first. Each key
 * shows its newest version before any shows a second one. `more`: what is left out, as far as it was counted.
 * A vault that refuses to be read has none.
 */
export async function candidatesIn(
  tools: Tools,
  vaults: readonly string[],
  inUse: KeyAddress | null,
  signal: AbortSignal,
): Promise<Result<Candidates, Fault>> {
  const keys: { vault: string; name: string }[] = [];
  for (const vault of vaults) {
    const listed = await tools.encryption.keys.list(vault, signal);
    if (listed.ok) keys.push(...listed.value.map(({ name }) => ({ vault, name })));
    else if (!isLasting(listed.error)) return listed;
  }
  const isUsed = (key: (typeof keys)[number]): boolean => inUse !== null && sameKeyName(key, inUse);
  keys.sort((a, b) => Number(isUsed(b)) - Number(isUsed(a)) || a.name.localeCompare(b.name));
  const groups: OfKey[] = [];
  for (let index = 0; index < Math.min(keys.length, mostKeys); index += atOnce) {
    const some = keys.slice(index, Math.min(index + atOnce, mostKeys));
    for (const versions of await Promise.all(some.map((key) => ofKey(tools, key, inUse, signal)))) {
      if (!versions.ok) return versions;
      groups.push(versions.value);
    }
  }
  const shown = chosenFrom(groups);
  const all = groups.reduce((sum, group) => sum + group.length, 0) + Math.max(0, keys.length - mostKeys);
  return ok({ candidates: shown, more: all - shown.length });
}

async function ofKey(
  { encryption, clock }: Tools,
  key: Readonly<{ vault: string; name: string }>,
  inUse: KeyAddress | null,
  signal: AbortSignal,
): Promise<Result<OfKey, Fault>> {
  const versions = await encryption.keys.versions(key.vault, key.name, signal);
  if (!versions.ok) return isLasting(versions.error) ? ok([]) : err(versions.error);
  const now = clock.now();
  return ok(
    versions.value.map((version, index) =>
      candidate({ ...key, version: version.version }, version, index, inUse, now),
    ),
  );
}

function candidate(
  key: KeyAddress,
  version: KeyVersion,
  index: number,
  inUse: KeyAddress | null,
  now: number,
): Candidate {
  const trouble = whyUnusable(version, now);
  return {
    key,
    newest: index === 0,
    inUse: inUse !== null && sameKey(key, inUse),
    created: version.created,
    expires: version.expires,
    ...(trouble === null ? {} : { unfit: `It ${trouble}.` }),
  };
}

/** The first of each key, then the second of each, up to the limit; given in the order of the keys. */
function chosenFrom(groups: readonly OfKey[]): readonly Candidate[] {
  const ranked = groups
    .flatMap((group, order) => group.map((one, rank) => ({ one, order, rank })))
    .toSorted((a, b) => a.rank - b.rank || a.order - b.order)
    .slice(0, mostShown);
  return ranked.toSorted((a, b) => a.order - b.order || a.rank - b.rank).map(({ one }) => one);
}
