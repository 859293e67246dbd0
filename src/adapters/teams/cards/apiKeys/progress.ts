import { hasMoved, type Consumer } from '../../../../domain/apiKeys/consumers.ts';
import { evidenceOf } from '../../../../domain/apiKeys/flow.ts';
import { needsItsOwner } from '../../../../domain/apiKeys/moving.ts';
import { slotName } from '../../../../domain/apiKeys/plan.ts';
import type { ApiKeysRotation, Phase } from '../../../../domain/apiKeys/rotation.ts';
import { stageTitle } from '../../../../domain/procedures.ts';
import { unreachable } from '../../../../domain/result.ts';
import { button, ofRotation, type Button } from '../buttons.ts';
import type { Row } from '../rows.ts';
import { type Part, type Status } from '../shared.ts';
import { isInvolved } from '../standing.ts';
import { clock } from '../times.ts';
import type { ApiKeysView } from '../view.ts';
import { number } from '../words.ts';
import { receiptRows, type Cut } from './consumerRows.ts';
import { trafficRow } from './evidence.ts';
import { bothKeysWork, slotsInWords } from './slots.ts';

type UnderWay = Extract<Phase, { at: 'working' | 'moving' | 'watching' }>;

/** The card while Keysmith works, consumers move, or the traffic is watched. */
export function progress(view: ApiKeysView, phase: UnderWay, rows: number): Part {
  const { rotation } = view;
  const consumers: Cut = showsConsumers(rotation, phase)
    ? receiptRows(rotation, rows)
    : { rows: [], rest: '' };
  const evidence: readonly Row[] = phase.at === 'watching' ? [trafficRow(rotation)] : [];
  return {
    template: 'progress',
    status: statusOf(view, phase),
    buttons: isInvolved(view) ? buttonsOf(view, phase) : [],
    stagesOpen: true,
    data: { consumers: consumers.rows, consumersRest: consumers.rest, evidence },
  };
}

const showsConsumers = (rotation: ApiKeysRotation, phase: UnderWay): boolean =>
  phase.at === 'moving' ||
  (phase.at === 'working' && phase.running.asked.step === 'giveConsumers' && rotation.consumers.length > 0);

function statusOf({ rotation, now }: ApiKeysView, phase: UnderWay): Status {
  const base = { tone: 'accent', mark: 'now' } as const;
  switch (phase.at) {
    case 'working':
      return { ...base, ...workingWords(rotation, phase) };
    case 'moving': {
      const moving = rotation.consumers.filter(({ move }) => move !== undefined);
      const moved = moving.filter(hasMoved).length;
      return {
        ...base,
        headline: `${movingTo(phase)}: ${number(moved)} of ${number(moving.length)} moved`,
        says: [
          bothKeysWork(rotation),
          rotation.consumers.some((consumer) => asksItsOwner(consumer))
            ? 'Owners who have to do something have a direct message.'
            : '',
        ],
        clock: `Since ${clock(phase.since, now)}`,
      };
    }
    case 'watching':
      return now < phase.until || evidenceOf(rotation) === 'quiet'
        ? {
            ...base,
            headline: 'Watching the traffic',
            says: ['Before the old key is retired, Azure Monitor must show quiet traffic for a while.'],
            clock: `Until ${clock(phase.until, now)}`,
          }
        : {
            tone: 'warning',
            mark: 'unsure',
            headline: 'No evidence of traffic',
            says: [
              'The time of watching is over. It goes on with the next look that shows evidence, or with a waiver.',
            ],
            clock: `Since ${clock(phase.until, now)}`,
          };
    default:
      return unreachable(phase);
  }
}

/** Whether people were asked for something that is still missing: which key it holds, or to switch it. */
const asksItsOwner = (consumer: Consumer): boolean =>
  consumer.holds === 'undeclared' || (!hasMoved(consumer) && needsItsOwner(consumer));

function movingTo(phase: Extract<Phase, { at: 'moving' }>): string {
  const to = slotName(phase.to);
  switch (phase.stage) {
    case 'settleOnOneKey':
      return `Moving everybody onto ${to}`;
    case 'moveConsumers':
      return `Moving the consumers to ${to}`;
    case 'switchBack':
      return `Switching back to ${to}`;
    case 'rollBack':
      return `Rolling back to ${to}`;
  }
}

function workingWords(
  rotation: ApiKeysRotation,
  phase: Extract<Phase, { at: 'working' }>,
): Pick<Status, 'headline' | 'says'> {
  const { old, fresh } = slotsInWords(rotation);
  const again =
    phase.running.attempt > 1
      ? `This is attempt ${number(phase.running.attempt)}; it began with a look at what is true now.`
      : '';
  const { asked } = phase.running;
  switch (asked.step) {
    case 'plan':
      return {
        headline: 'Checking the account',
        says: ['Its keys, rights and locks, and who holds which key. Nothing is changed.', again],
      };
    case 'giveConsumers':
      return {
        headline: `Giving ${slotName(asked.ask.slot)} to the consumers`,
        says: [bothKeysWork(rotation), again],
      };
    case 'verifyConsumers':
      return { headline: 'Looking at what the consumers use', says: [again] };
    case 'regenerateIdleKey':
      return { headline: `Regenerating ${fresh}`, says: [`${old} is in use and is not touched.`, again] };
    case 'proveIdleKey':
      return {
        headline: `Proving the new ${fresh}`,
        says: [
          'A new key can take minutes until it works everywhere. Nobody is given it before it does.',
          again,
        ],
      };
    case 'watchTraffic':
      return { headline: 'Looking at the traffic', says: [again] };
    case 'regenerateRetiredKey':
      return {
        headline: `Retiring ${old}`,
        says: [
          `It is regenerated: its old value stops working. ${fresh} is in use and is not touched.`,
          again,
        ],
      };
    case 'proveOldKeyDead':
      return { headline: 'Trying the old key until it is refused', says: [again] };
    // the steps of the other procedure never run here
    case 'lookAtEncryption':
    case 'checkKey':
    case 'createKeyVersion':
    case 'pointAccountAtKey':
    case 'waitForWrap':
    case 'verifyEncryption':
    case 'guardOldVersion':
    case 'watchGuarded':
      return { headline: stageTitle('apiKeys', phase.stage), says: [again] };
  }
}

function buttonsOf({ rotation, actions }: ApiKeysView, phase: UnderWay): readonly Button[] {
  const waits = phase.at === 'moving' ? !rotation.consumers.every(hasMoved) : phase.at === 'watching';
  return [
    ...(waits ? [button('Waive…', { ...ofRotation(rotation), verb: 'openAskWaiver' })] : []),
    ...(actions.rollBack ? [button('Roll back', { ...ofRotation(rotation), verb: 'rollBack' })] : []),
    ...(actions.cancel ? [button('Cancel', { ...ofRotation(rotation), verb: 'cancel' })] : []),
  ];
}
