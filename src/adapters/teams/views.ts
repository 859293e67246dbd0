import { actionsFor } from '../../domain/actions.ts';
import { blockersOf } from '../../domain/apiKeys/safety.ts';
import { sameSubject } from '../../domain/apiKeys/waivers.ts';
import type { Person } from '../../domain/people.ts';
import { unreachable } from '../../domain/result.ts';
import type { Rotation } from '../../domain/rotation.ts';
import {
  clickedGate,
  consumerCard,
  gateCard,
  livingCard,
  reviewCard,
  waiverCard,
  type ApiKeysView,
  type Card,
  type CardClick,
  type CardOptions,
  type CardView,
} from './cards/index.ts';

/** What a card of a rotation is drawn from, at this moment (epoch ms); `viewer`: for one person alone. */
export function viewOf(rotation: Rotation, now: number, viewer?: Person): CardView {
  return {
    rotation,
    now,
    actions: actionsFor(rotation),
    blockers: blockersFor(rotation),
    ...(viewer === undefined ? {} : { viewer }),
  };
}

/** Only the first gate of `apiKeys` can be kept shut by consumers. */
const blockersFor = (rotation: Rotation): readonly string[] =>
  rotation.procedure === 'apiKeys' &&
  rotation.phase.at === 'awaitingApproval' &&
  rotation.phase.gate === 'prepare'
    ? blockersOf(rotation)
    : [];

/** The view of a rotation of API keys; undefined of any other, which has neither consumers nor waivers. */
export function apiKeysView(view: CardView): ApiKeysView | undefined {
  const { rotation } = view;
  return rotation.procedure === 'apiKeys' ? { ...view, rotation } : undefined;
}

/** The clicks that a rotation's own cards are about. */
export type RotationClick = Exclude<CardClick, { say: 'openRotate' | 'submitRotate' }>;

/**
 * The card on which a click was made, as it stands now for whoever clicked. `personal`: it was made in a
 * personal chat, where a gate has a card of its own.
 */
export function cardAfter(
  click: RotationClick,
  view: CardView,
  viewer: Person,
  options: CardOptions,
  personal: boolean,
): Card {
  const withKeys = apiKeysView(view);
  const side = withKeys === undefined ? undefined : sideCardAfter(click, withKeys, viewer, options);
  return (
    side ?? (personal ? personalCard(click, view, viewer, options) : undefined) ?? livingCard(view, options)
  );
}

function personalCard(
  click: RotationClick,
  view: CardView,
  viewer: Person,
  options: CardOptions,
): Card | undefined {
  if (click.say === 'openReview' || click.say === 'review') return reviewCard(view, viewer);
  const gate = clickedGate(view.rotation, 'stage' in click ? click.stage : undefined);
  return gate === undefined ? undefined : gateCard(view, gate, viewer, options);
}

/** The card of a consumer or a waiver, where the click was made on one. */
function sideCardAfter(
  click: RotationClick,
  view: ApiKeysView,
  viewer: Person,
  options: CardOptions,
): Card | undefined {
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
      return asked === undefined ? undefined : waiverCard(view, asked.id, options);
    }
    case 'refresh':
      return click.waiver === undefined ? undefined : waiverCard(view, click.waiver, options);
    case 'approve':
    case 'reject':
    case 'chooseKey':
    case 'unclearKey':
    case 'choose':
    case 'askAgain':
    case 'closeOldKeyAlive':
    case 'retry':
    case 'rollBack':
    case 'cancel':
    case 'openAskWaiver':
    case 'openReject':
    case 'withdrawVote':
    case 'openReview':
    case 'review':
      return undefined;
    default:
      return unreachable(click);
  }
}
