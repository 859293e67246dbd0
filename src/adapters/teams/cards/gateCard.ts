import type { Person } from '../../../domain/people.ts';
import type { Gate } from '../../../domain/policy.ts';
import type { Rotation } from '../../../domain/rotation.ts';
import { gateAt } from './gateStages.ts';
import { livingCard } from './living.ts';
import { plain } from './plain.ts';
import { type Mark, marks } from './rows.ts';
import { headingOf } from './shared.ts';
import { fill } from './templates.ts';
import { clock } from './times.ts';
import type { Card, CardOptions, CardView } from './view.ts';
import { nameOf, names } from './words.ts';

/**
 * A gate's card in the personal chat of one approver: what the channel's card is for them while the gate is
 * open, and afterwards what was decided, without a button.
 */
export function gateCard(view: CardView, gate: Gate, viewer: Person, options: CardOptions = {}): Card {
  const { phase } = view.rotation;
  const { refreshFor: _personalAlready, ...rest } = options;
  if (phase.at === 'awaitingApproval' && phase.gate === gate) return livingCard({ ...view, viewer }, rest);
  const { mark, title, says, where } = endOf(view, gate);
  return fill('form-done', {
    ...headingOf(view.rotation),
    ...marks[mark],
    title,
    says: says ?? '',
    where: where ?? 'The card of the rotation in the channel shows where it stands.',
  });
}

type End = Readonly<{ mark: Mark; title: string; says?: string; where?: string }>;

/** How a gate came out. */
function endOf({ rotation, now }: CardView, gate: Gate): End {
  const { phase, approvals } = rotation;
  const by = names((approvals[gate] ?? []).map((vote) => vote.by));
  const stoppedHere = phase.at === 'ended' && gateAt(rotation, phase.stage) === gate;
  if (stoppedHere) return stopped(rotation);
  if (phase.at === 'awaitingWindow' && phase.gate === gate)
    return {
      mark: 'done',
      title: `Approved by ${by}`,
      says: 'It waits for the time in which the policy lets it be carried out.',
      where: `Carried out from ${clock(phase.until, now)} on. Until then it can be cancelled on the card in the channel.`,
    };
  if (phase.at === 'halted' && 'gate' in phase.resume && phase.resume.gate === gate)
    return { mark: 'unsure', title: 'Halted: nothing can be decided now' };
  if (phase.at === 'held' && gate === 'retire')
    return {
      mark: 'unsure',
      title: `Rejected by ${nameOf(phase.by)}: on hold`,
      ...(phase.reason === undefined ? {} : { says: `“${plain(phase.reason, 300)}”` }),
    };
  return by === ''
    ? { mark: 'left', title: 'No longer asked', says: 'The rotation goes another way now.' }
    : { mark: 'done', title: `Approved by ${by}` };
}

function stopped({ phase }: Rotation): End {
  if (phase.at !== 'ended') return { mark: 'left', title: 'Over' };
  const by = phase.by === undefined ? '' : ` by ${nameOf(phase.by)}`;
  const title = { refused: 'Refused', declined: `Rejected${by}`, cancelled: `Cancelled${by}` }[phase.outcome];
  return {
    mark: phase.outcome === 'cancelled' ? 'left' : 'halted',
    title,
    says: phase.outcome === 'declined' ? `“${plain(phase.says, 300)}”` : plain(phase.says, 300),
  };
}
