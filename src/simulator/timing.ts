/** How slowly the simulated Azure takes notice. All in milliseconds, except where said. */
export interface Timing {
  /** Until a gateway node accepts a new key: of the slowest node, or of each node. */
  newKeyDelay: number | readonly number[];
  /** How long a gateway node still accepts a replaced key: the slowest node, or each node. */
  oldKeyDelay: number | readonly number[];
  /** How long after a regeneration listKeys may still answer the keys before it. */
  listKeysLag: number;
  /** Share (0..1) of the listKeys answers inside that lag which are stale. */
  listKeysStaleShare: number;
  /** Until a call shows up in the metrics. */
  metricsLag: number;
  /** How many gateway nodes there are, each with its own cache of keys. */
  gatewayNodes: number;
  /** Life of a token. */
  tokenLifetime: number;
  /** From the acceptance of another encryption key to its use. */
  wrapTime: number;
  /** From a role assignment to the moment when it counts. */
  grantDelay: number;
  /**
   * When Azure looks at the key, the vault and the identity of an update: before it accepts it, or while it
   * carries it out. Nobody has written down which.
   */
  keyLookedAt: 'atOnce' | 'afterAcceptance';
}

export const defaultTiming: Timing = {
  newKeyDelay: 0,
  oldKeyDelay: 0,
  listKeysLag: 0,
  listKeysStaleShare: 1,
  metricsLag: 0,
  gatewayNodes: 3,
  tokenLifetime: 24 * 3_600_000,
  wrapTime: 0,
  grantDelay: 0,
  keyLookedAt: 'atOnce',
};

/** The delay of one node: a list is taken as it is; a number is spread evenly, the last node has all of it. */
export function delayOf(delay: number | readonly number[], node: number, nodes: number): number {
  if (typeof delay !== 'number') return delay[node % delay.length] ?? 0;
  return (delay * (node + 1)) / nodes;
}
