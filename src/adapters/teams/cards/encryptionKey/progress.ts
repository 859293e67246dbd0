import { duration } from '../../../../application/duration.ts';
import type { EncryptionKeyRotation, EncryptionPhase } from '../../../../domain/encryptionKey/rotation.ts';
import { stageTitle } from '../../../../domain/procedures.ts';
import { button, ofRotation } from '../buttons.ts';
import { plain } from '../plain.ts';
import { row, type Row } from '../rows.ts';
import type { Part, Status } from '../shared.ts';
import { isInvolved } from '../standing.ts';
import { clock } from '../times.ts';
import type { EncryptionView } from '../view.ts';
import { number } from '../words.ts';
import { afterText, beforeText, keyText, wantedText } from './keyWords.ts';

type Working = Extract<EncryptionPhase, { at: 'working' }>;
type Wrapping = Extract<EncryptionPhase, { at: 'wrapping' }>;

/** The card while Keysmith works, or waits for Azure. */
export function progress(view: EncryptionView, phase: Working | Wrapping): Part {
  const { rotation, actions } = view;
  const base = ofRotation(rotation);
  return {
    template: 'progress',
    status: phase.at === 'wrapping' ? wrapping(view, phase) : working(view, phase),
    buttons: isInvolved(view)
      ? [
          ...(actions.rollBack ? [button('Roll back', { ...base, verb: 'rollBack' })] : []),
          ...(actions.cancel ? [button('Cancel', { ...base, verb: 'cancel' })] : []),
        ]
      : [],
    stagesOpen: true,
    data: { consumers: [], consumersRest: '', evidence: fromTo(rotation) },
  };
}

/** From which key to which, once the plan says so. */
function fromTo(rotation: EncryptionKeyRotation): readonly Row[] {
  const { plan, heading, created } = rotation;
  if (plan === undefined) return [];
  const forth = created === undefined ? wantedText(plan) : keyText(created);
  const from = {
    forth: beforeText(rotation),
    // on a way back the account comes from where this rotation pointed it
    back: forth,
    pin: 'the newest version, whichever it is',
  }[heading?.why ?? 'forth'];
  return [row('left', 'From', from), row('now', 'To', afterText(rotation))];
}

const mustStay = 'Every version must stay enabled, the old one too.';

function wrapping({ rotation, now }: EncryptionView, { since, told }: Wrapping): Status {
  const { wrapUsually, wrapPatience } = rotation.rules.timing;
  const follows = rotation.heading?.to.version === '';
  return {
    tone: told ? 'warning' : 'accent',
    mark: told ? 'unsure' : 'now',
    headline: told ? 'Azure still wraps the data, longer than usual' : 'Azure wraps the data',
    says: [
      follows
        ? 'Azure takes up the new version by itself. Nobody outside sees when, so I wait the usual time and then look.'
        : 'The change is accepted. Certain operations are available meanwhile.',
      told ? 'Nothing is wrong yet; I go on looking.' : '',
      `Usually it takes ${duration(wrapUsually)}; after ${duration(wrapPatience)} I stop and ask people. ${mustStay}`,
    ],
    clock: `Since ${clock(since, now)}, ${duration(now - since)} so far`,
  };
}

function working(view: EncryptionView, phase: Working): Status {
  const { waiting } = phase;
  if (waiting !== undefined) {
    const { says, since, until, next } = waiting;
    return {
      tone: 'warning',
      mark: 'unsure',
      headline: 'Waits for a right to come into force',
      says: [
        plain(says, 400),
        'A right that was granted a moment ago can take minutes to count. I try again by myself; nothing is asked of you if it was granted.',
      ],
      clock: `Since ${clock(since, view.now)} · next try ${clock(next, view.now)} · given up at ${clock(until, view.now)}`,
    };
  }
  const { attempt } = phase.running;
  const again =
    attempt > 1 ? `This is attempt ${number(attempt)}; it began with a look at what is true now.` : '';
  const { headline, says } = stepWords(view.rotation, phase);
  return { tone: 'accent', mark: 'now', headline, says: [...says, again] };
}

type Words = Pick<Status, 'headline' | 'says'>;

function stepWords(rotation: EncryptionKeyRotation, { stage, running }: Working): Words {
  const { plan } = rotation;
  switch (running.asked.step) {
    case 'lookAtEncryption':
      return {
        headline: 'Looking at the account',
        says: ['Its encryption, its vault and the keys there. Nothing is changed.'],
      };
    case 'checkKey':
      return {
        headline: 'Checking the key',
        says: [
          'The vault, the key, the rights of the account’s identity, and who else uses the key. Nothing is changed.',
        ],
      };
    case 'createKeyVersion':
      return {
        headline: plan === undefined ? 'Making the new key' : `Making ${wantedText(plan)}`,
        says: [
          plan?.follows === true
            ? 'Azure follows it by itself: creating the version is the switch.'
            : 'The account is not touched yet.',
        ],
      };
    case 'pointAccountAtKey':
      return {
        headline: `${pointing[rotation.heading?.why ?? 'forth']} ${afterText(rotation)}`,
        says: [
          'Just before, the account and the versions are read once more. It is one change, of the encryption and nothing else.',
        ],
      };
    case 'verifyEncryption':
      return {
        headline: 'Verifying the encryption',
        says: [
          'The account must name the key, its data plane must answer, and nothing else may have changed.',
        ],
      };
    case 'guardOldVersion':
      return { headline: 'Tagging the versions that must stay enabled', says: [mustStay] };
    // looks beside the path, and the steps of the other procedure, are never waited for here
    case 'waitForWrap':
    case 'watchGuarded':
    case 'plan':
    case 'giveConsumers':
    case 'verifyConsumers':
    case 'regenerateIdleKey':
    case 'proveIdleKey':
    case 'watchTraffic':
    case 'regenerateRetiredKey':
    case 'proveOldKeyDead':
      return { headline: stageTitle('encryptionKey', stage), says: [] };
  }
}

const pointing = {
  forth: 'Pointing the account at',
  back: 'Rolling back to',
  pin: 'Pinning the account to',
} as const;
