import type { SlotName } from './estate.ts';
import { delayOf, type Timing } from './timing.ts';

interface Issue {
  value: string;
  at: number;
  replacedAt?: number;
}

export interface KeyPair {
  key1: string;
  key2: string;
}

/** Both slots of one account with everything they ever held, so that any node's view at any time is known. */
export class AccountKeys {
  private readonly slots: Record<SlotName, Issue[]>;
  private readonly make: () => string;
  private readonly timing: Timing;

  constructor(make: () => string, timing: Timing) {
    this.make = make;
    this.timing = timing;
    const first = (): Issue[] => [{ value: make(), at: -Infinity }];
    this.slots = { Key1: first(), Key2: first() };
  }

  regenerate(slot: SlotName, now: number): void {
    const issues = this.slots[slot];
    const last = issues.at(-1);
    if (last) last.replacedAt = now;
    issues.push({ value: this.make(), at: now });
  }

  /** The keys as they stood at `time`; without it, as they stand. */
  at(time = Infinity): KeyPair {
    const held = (slot: SlotName): string =>
      this.slots[slot].findLast((issue) => issue.at <= time)?.value ?? '';
    return { key1: held('Key1'), key2: held('Key2') };
  }

  lastChange(): number {
    return Math.max(...Object.values(this.slots).map((issues) => issues.at(-1)?.at ?? -Infinity));
  }

  /** Whether this gateway node lets the key in now. Between the two delays a slot may have no working key at all. */
  accepts(value: string, node: number, now: number): boolean {
    const { newKeyDelay, oldKeyDelay, gatewayNodes } = this.timing;
    return Object.values(this.slots)
      .flat()
      .some(
        (issue) =>
          issue.value === value &&
          now >= issue.at + delayOf(newKeyDelay, node, gatewayNodes) &&
          (issue.replacedAt === undefined ||
            now < issue.replacedAt + delayOf(oldKeyDelay, node, gatewayNodes)),
      );
  }
}
