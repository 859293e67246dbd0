import { distance } from 'fastest-levenshtein';

/**
 * Those of the candidates that somebody probably meant, nearest first; none when nothing is near.
 * Case doesn't count. Near: at most every third letter differs, but two always may.
 */
export function nearest(written: string, candidates: readonly string[]): readonly string[] {
  const most = Math.max(2, Math.floor(written.length / 3));
  return candidates
    .map((name) => ({ name, far: distance(name.toLowerCase(), written.toLowerCase()) }))
    .filter(({ far }) => far <= most)
    .sort((a, b) => a.far - b.far)
    .map(({ name }) => name);
}
