import { consumerChecks, strangerChecks } from './checks/consumers.ts';
import { overlapChecks } from './checks/overlaps.ts';
import { quorumChecks } from './checks/quorums.ts';
import { reachChecks } from './checks/reach.ts';
import { timeChecks } from './checks/times.ts';
import { encryptionChecks, patienceChecks, waitChecks } from './checks/waits.ts';
import type { Finding } from './problems.ts';

/**
 * What the parts of a file say about each other, and about the time (`now`, epoch ms). `loopbackOnly`: the
 * program runs without authentication, so nothing real may be named, and nothing real is waited for.
 */
export const crossChecks = (data: unknown, loopbackOnly: boolean, now: number): readonly Finding[] => [
  ...waitChecks(data),
  ...encryptionChecks(data),
  ...quorumChecks(data),
  ...reachChecks(data),
  ...timeChecks(data, now),
  ...overlapChecks(data),
  ...consumerChecks(data),
  ...(loopbackOnly ? strangerChecks(data) : patienceChecks(data)),
];
