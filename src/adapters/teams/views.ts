import type { Person } from '../../domain/people.ts';
import { unreachable } from '../../domain/result.ts';
import type { Rotation } from '../../domain/rotation.ts';
import { actionsFor, blockersOf } from '../../domain/safety.ts';
import { sameSubject } from '../../domain/waivers.ts';
import {
  consumerCard,
  livingCard,
  waiverCard,
  type Card,
  type CardClick,
  type CardOptions,
  type CardView,
} from './cards/index.ts';

/** What a card of a rotation is drawn from, at this moment (epoch ms); `viewer`: for one person alone. */
export function viewOf(rotation: Rotation, now: number, viewer?: Person): CardView {
  const { phase } = rotation;
  const first = phase.at === 'awaitingApproval' && phase.gate === 'prepare';
  return {
    rotation,
    now,
    actions: actionsFor(rotation),
    blockers: first ? blockersOf(rotation) : [],
    ...(viewer === undefined ? {} : { viewer }),
  };
}

/** The clicks that a rotation's own cards are about. */
export type RotationClick = Exclude<CardClick, { say: 'openRotate' | 'submitRotate' }>;

/** The card on which a click was made, as it stands now for whoever clicked. */
export function cardAfter(click: RotationClick, view: CardView, viewer: Person, options: CardOptions): Card {
  switch (click.say) {
    case 'declare':
    case 'confirm':
    case 'withdraw':
      return consumerCard(view, click.consumer, viewer, options);
    case 'approveWaiver':
    case 'rejectWaiver':
      return waiverCard(view, click.waiver, options);
    case 'askWaiver': {
      const asked = view.rotation.waivers.findLast(({ subject }) => sameSubject(subject, click.subject));
      return asked === undefined ? livingCard(view, options) : waiverCard(view, asked.id, options);
    }
    case 'refresh':
      return click.waiver === undefined ? livingCard(view, options) : waiverCard(view, click.waiver, options);
    case 'approve':
    case 'reject':
    case 'choose':
    case 'askAgain':
    case 'closeOldKeyAlive':
    case 'retry':
    case 'rollBack':
    case 'cancel':
    case 'openAskWaiver':
    case 'openReject':
      return livingCard(view, options);
    default:
      return unreachable(click);
  }
}
