import type { Fault } from '../faults.ts';
import type { Rules } from '../policy.ts';
import type { Members } from '../shared.ts';
import type { Holding } from './consumers.ts';
import type { KeyPicture, Plan, Slot } from './plan.ts';
import type { TrafficLook } from './traffic.ts';

/** What the steps of `apiKeys` are given. */
export interface ApiKeysAsk {
  /** As it was typed, or fully spelt out when it is planned again. */
  plan: { account: string };
  giveConsumers: { slot: Slot; consumers: readonly string[] };
  verifyConsumers: { consumers: readonly string[] };
  regenerateIdleKey: { slot: Slot };
  proveIdleKey: { slot: Slot };
  /** Epoch ms: since the request (up to the end, once there is one), and since the newest change. */
  watchTraffic: { totalFrom: number; totalTo?: number; windowFrom: number };
  regenerateRetiredKey: { slot: Slot };
  proveOldKeyDead: { slot: Slot; since: number; heldBy: string };
}

/** What they give back. */
export interface ApiKeysAnswer {
  plan:
    | {
        safe: true;
        plan: Plan;
        /** Those for exactly the account that was found. */
        rules: Rules;
        /** Of the groups in those rules, by id; a group that couldn't be listed is missing. */
        members?: Members;
        holdings: Readonly<Record<string, Readonly<{ holds: Holding; note?: string }>>>;
      }
    | { safe: false; says: string; remedy: string; near?: readonly string[]; checks?: Plan['checks'] };
  /** Before anything is given the slot is listed, compared and tried again; `keys` is what stood there. */
  giveConsumers: {
    keys: KeyPicture;
    given: readonly Readonly<{ consumer: string; version: string }>[];
    failed: readonly Readonly<{ consumer: string; fault: Fault }>[];
  };
  /** `version`: what the consumer says it uses now; absent when it couldn't be asked. */
  verifyConsumers: { seen: readonly Readonly<{ consumer: string; version?: string; note: string }>[] };
  regenerateIdleKey: Regenerated;
  proveIdleKey: { keys: KeyPicture; answers: number; proved: boolean; note?: string };
  watchTraffic: { look: TrafficLook };
  regenerateRetiredKey: Regenerated;
  /** `over`: why it makes no sense to go on trying (e.g. the process that held the old value in memory is gone). */
  proveOldKeyDead: { dead: boolean; tries: number; over?: string };
}

/**
 * Both slots after a regeneration, whether the answer came back or was found by looking, and the process
 * that did it: a retired value lives in that one's memory only.
 */
export type Regenerated = Readonly<{ keys: KeyPicture; found: 'answered' | 'adopted'; by: string }>;
