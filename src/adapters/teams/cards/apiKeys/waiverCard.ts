import { isOver } from '../../../../domain/rotation.ts';
import type { ApiKeysRotation } from '../../../../domain/apiKeys/rotation.ts';
import type { Waiver, WaiverSubject } from '../../../../domain/apiKeys/waivers.ts';
import { button, ofRotation, refreshed, type Button } from '../buttons.ts';
import { marked } from '../emergency.ts';
import { accountInWords, plain } from '../plain.ts';
import { refusalCard } from '../plainCards.ts';
import { marks } from '../rows.ts';
import { accountName, type Status } from '../shared.ts';
import { slotsInWords } from './slots.ts';
import { needOf, standing } from '../standing.ts';
import { fill, fitting } from '../templates.ts';
import { clock } from '../times.ts';
import type { Card, CardOptions, ApiKeysView } from '../view.ts';
import { mayVoteWords } from '../votes.ts';
import { nameOf, number } from '../words.ts';

/** The card of one waiver: what would be gone on without, why, who asked, and its votes. */
export function waiverCard(view: ApiKeysView, waiverId: number, options: CardOptions = {}): Card {
  const { rotation, now } = view;
  const waiver = rotation.waivers.find(({ id }) => id === waiverId);
  if (waiver === undefined) {
    return refusalCard(
      'No such waiver',
      'This rotation has no waiver of that number.',
      `Say: status ${rotation.id}`,
    );
  }
  const need = needOf(rotation, 'waive');
  const others = [waiver.askedBy];
  const open = waiver.state === 'asked' && !isOver(rotation);
  const mine = standing(view, 'waive', waiver.votes, others);
  const status = statusOf(rotation, waiver, need);
  const data = {
    summary: `${accountInWords(accountName(rotation))}, key rotation ${rotation.id}: waiver ${waiver.id}`,
    kicker: `Waiver ${waiver.id} · ${rotation.id}`,
    account: plain(accountName(rotation), 120),
    asked: `${nameOf(waiver.askedBy)}: “${plain(waiver.reason, 1000)}”`,
    subject: subjectInWords(rotation, waiver.subject),
    risk: riskOf(rotation, waiver.subject),
    tone: status.tone,
    glyph: marks[status.mark].glyph,
    headline: status.headline,
    clock: `Asked at ${clock(waiver.askedAt, now)}`,
    votesTitle: `Approvals: ${number(waiver.votes.length)} of ${number(need)}`,
    votes: waiver.votes
      .slice(0, 8)
      .map(({ by, at }) => ({ name: nameOf(by), at: `approved at ${clock(at, now)}` })),
    mayVote: open ? mayVoteWords(rotation, 'waive', waiver.votes, others) : '',
    note: open ? mine.note : '',
    buttons: open ? buttonsOf(rotation, waiver, mine) : [],
  };
  const refresh = { ...ofRotation(rotation), verb: 'refresh', waiver: waiver.id } as const;
  return fitting(() => refreshed(marked(fill('waiver', data), rotation), refresh, options));
}

function buttonsOf(
  rotation: ApiKeysRotation,
  { id }: Waiver,
  mine: Readonly<{ mayApprove: boolean; mayReject: boolean }>,
): readonly Button[] {
  const base = { ...ofRotation(rotation), waiver: id } as const;
  return [
    ...(mine.mayApprove
      ? [button('Approve the waiver', { ...base, verb: 'approveWaiver' }, 'positive')]
      : []),
    ...(mine.mayReject ? [button('Reject', { ...base, verb: 'rejectWaiver' })] : []),
  ];
}

export const subjectInWords = (rotation: ApiKeysRotation, subject: WaiverSubject): string => {
  if (subject.of === 'consumer')
    return `Go on without knowing that ${plain(subject.consumer, 64)} is on the right key`;
  return rotation.plan === undefined
    ? 'Go on without evidence of traffic'
    : `Go on without evidence of traffic on ${slotsInWords(rotation).fresh}`;
};

function riskOf(rotation: ApiKeysRotation, subject: WaiverSubject): string {
  const { old, fresh } = slotsInWords(rotation);
  const dies = rotation.touchedAt === undefined ? fresh : old;
  return subject.of === 'consumer'
    ? `If it still holds ${dies} when that is regenerated, it is refused (401) from then on.`
    : `Nobody then knows whether clients use ${fresh} before ${old} is retired.`;
}

function statusOf(
  rotation: ApiKeysRotation,
  { state, votes, rejectedBy }: Waiver,
  need: number,
): Pick<Status, 'tone' | 'mark' | 'headline'> {
  if (state === 'granted') return { tone: 'good', mark: 'done', headline: 'Granted' };
  if (state === 'rejected') {
    return {
      tone: 'emphasis',
      mark: 'halted',
      headline: `Rejected${rejectedBy === undefined ? '' : ` by ${nameOf(rejectedBy)}`}`,
    };
  }
  if (isOver(rotation))
    return { tone: 'emphasis', mark: 'left', headline: 'No longer needed: the rotation is over' };
  const missing = need - votes.length;
  return {
    tone: 'warning',
    mark: 'now',
    headline: missing === 1 ? '1 approval needed' : `${number(missing)} approvals needed`,
  };
}
