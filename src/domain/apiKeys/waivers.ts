import type { Standing } from '../approval.ts';
import type { Person } from '../people.ts';

/** What a waiver stands in for: the receipt or the place of a consumer, or the evidence of the traffic. */
export type WaiverSubject = Readonly<{ of: 'consumer'; consumer: string } | { of: 'traffic' }>;

/** A decision to go on without a proof. Needs the quorum of the second gate and a reason, and is named on its card. */
export type Waiver = Readonly<{
  id: number;
  subject: WaiverSubject;
  reason: string;
  askedBy: Person;
  askedAt: number;
  votes: readonly (Standing & Readonly<{ at: number }>)[];
  state: 'asked' | 'granted' | 'rejected';
  rejectedBy?: Person;
}>;

export const sameSubject = (a: WaiverSubject, b: WaiverSubject): boolean =>
  a.of === 'traffic' ? b.of === 'traffic' : b.of === 'consumer' && a.consumer === b.consumer;

export const isWaived = (waivers: readonly Waiver[], subject: WaiverSubject): boolean =>
  waivers.some((waiver) => waiver.state === 'granted' && sameSubject(waiver.subject, subject));
