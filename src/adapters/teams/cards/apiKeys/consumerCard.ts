import { ownersOf, type Consumer } from '../../../../domain/apiKeys/consumers.ts';
import { samePerson, type Person } from '../../../../domain/people.ts';
import { otherSlot, slotName, slots } from '../../../../domain/apiKeys/plan.ts';
import type { Slot } from '../../../../domain/apiKeys/plan.ts';
import { isOver } from '../../../../domain/rotation.ts';
import type { ApiKeysRotation } from '../../../../domain/apiKeys/rotation.ts';
import { button, ofRotation, type Button } from '../buttons.ts';
import { titleOf } from './consumerRows.ts';
import { accountInWords, plain } from '../plain.ts';
import { marks, type Mark } from '../rows.ts';
import { accountName } from '../shared.ts';
import { fill } from '../templates.ts';
import { clock } from '../times.ts';
import type { Card, CardOptions, ApiKeysView } from '../view.ts';
import { nameOf } from '../words.ts';

type Face = Readonly<{
  tone: 'accent' | 'good' | 'emphasis';
  mark: Mark;
  headline: string;
  /** What to do, in order; none when there is nothing to do. */
  todo: readonly string[];
  says: readonly string[];
  clock?: string;
  buttons: readonly Button[];
  /** Whether the portal's page with the keys is of use now. */
  portal: boolean;
}>;

/** The page of the Azure portal where the keys of an account stand. */
function keysPage({ plan, request }: ApiKeysRotation, portal: string): string {
  return plan === undefined ? portal : `${portal}/#@${request.by.tenantId}/resource${plan.account.id}/cskeys`;
}

/**
 * The card that asks one owner about one consumer, in their personal chat: first which key it holds, then
 * to switch it. It names a slot and links to the portal, and never holds a key.
 */
export function consumerCard(
  view: ApiKeysView,
  consumerName: string,
  owner: Person,
  options: CardOptions = {},
): Card {
  const { rotation } = view;
  const consumer = rotation.consumers.find(({ registered }) => registered.name === consumerName);
  const face = consumer === undefined ? notHere : faceOf(view, consumer, owner);
  const portal = keysPage(rotation, options.portal ?? 'https://portal.azure.com');
  return fill('switch-consumer', {
    summary: `${accountInWords(accountName(rotation))}, key rotation ${rotation.id}: one of your consumers`,
    kicker: `A consumer of yours · ${rotation.id}`,
    consumer: consumer === undefined ? plain(consumerName, 64) : titleOf(consumer),
    uses: `uses an API key of ${plain(accountName(rotation), 120)}`,
    tone: face.tone,
    glyph: marks[face.mark].glyph,
    headline: face.headline,
    says: face.says.map((text) => ({ text })),
    clock: face.clock ?? '',
    todo: face.todo.map((text, index) => ({ number: `${index + 1}.`, text })),
    buttons: face.buttons,
    links:
      face.portal && rotation.plan !== undefined ? [{ title: 'Open Keys and Endpoint', url: portal }] : [],
  });
}

const quiet = { tone: 'emphasis', mark: 'left', todo: [], buttons: [], portal: false } as const;
const notHere: Face = {
  ...quiet,
  headline: 'Nothing to do',
  says: ['It is no longer registered for this rotation.'],
};

function faceOf(view: ApiKeysView, consumer: Consumer, owner: Person): Face {
  const { rotation } = view;
  const { move } = consumer;
  if (isOver(rotation)) {
    return {
      ...quiet,
      headline: 'The rotation is over',
      says: [holdsNow(consumer), 'Nothing is asked of you any more.'],
    };
  }
  if (move === undefined) return declaring(view, consumer);
  switch (move.receipt.as) {
    case 'toGive':
      return {
        ...quiet,
        headline: `Soon: switch to ${slotName(move.to)}`,
        says: ['Nothing to do yet. You are told when the key is ready.'],
      };
    case 'given':
      return switching(view, consumer, move.to, owner);
    case 'confirmed': {
      const { by, at } = move.receipt;
      return {
        tone: 'good',
        mark: 'done',
        headline: `${samePerson(by, owner) ? 'You' : nameOf(by)} confirmed: on ${slotName(move.to)}`,
        says: ['Not so after all? Take it back while the old key still lives; afterwards it is too late.'],
        clock: `Confirmed at ${clock(at, view.now)}`,
        todo: [],
        buttons: canTakeBack(rotation)
          ? [
              button('Take it back', {
                ...ofRotation(rotation),
                verb: 'withdraw',
                ...about(consumer, move.to),
              }),
            ]
          : [],
        portal: false,
      };
    }
    case 'proved':
      return {
        ...quiet,
        tone: 'good',
        mark: 'done',
        headline: `On ${slotName(move.to)}: proved`,
        says: ['It says itself that it uses the new key. Nothing to do.'],
      };
    case 'asserted':
      return {
        ...quiet,
        mark: 'unsure',
        headline: `On ${slotName(move.to)}: asserted, not proved`,
        says: [
          'Its pick-up time has passed. Look whether it really uses the new key; if not, tell the channel before the old one is retired.',
        ],
      };
    case 'waived':
      return {
        ...quiet,
        mark: 'unsure',
        headline: 'Waived',
        says: [
          'The rotation goes on without knowing what it uses. It breaks if it still holds the old key when that is retired.',
        ],
      };
  }
}

const about = (consumer: Consumer, to: Slot) => ({ consumer: consumer.registered.name, to });

/** As `withdraw` of the domain has it, which decides. */
const canTakeBack = ({ phase, oldKey }: ApiKeysRotation): boolean =>
  oldKey === undefined &&
  (['moving', 'watching', 'held', 'halted'].includes(phase.at) ||
    (phase.at === 'awaitingApproval' && phase.gate === 'retire'));

function holdsNow({ holds }: Consumer): string {
  return holds === 'Key1' || holds === 'Key2' ? `It is on ${slotName(holds)}.` : '';
}

function declaring(view: ApiKeysView, consumer: Consumer): Face {
  const { rotation } = view;
  const { phase } = rotation;
  const open =
    (phase.at === 'awaitingApproval' && phase.gate === 'prepare') ||
    (phase.at === 'moving' && phase.stage === 'settleOnOneKey');
  if (!open || consumer.registered.kind !== 'manual') {
    return {
      ...quiet,
      headline: 'Nothing to do',
      says: [holdsNow(consumer), 'You are told when it has to be switched.'],
    };
  }
  const declare = (title: string, holds: Slot | 'neither'): Button =>
    button(title, { ...ofRotation(rotation), verb: 'declare', consumer: consumer.registered.name, holds });
  const { holds, declaredBy } = consumer;
  const choices: readonly Button[] = [
    ...slots.map((slot) => declare(slotName(slot), slot)),
    declare('Neither', 'neither'),
  ];
  if (holds === 'undeclared') {
    return {
      tone: 'accent',
      mark: 'now',
      headline: 'Which key does it hold?',
      says: [
        'Until this is known nobody can approve: the unused key is regenerated, and whoever holds it would be cut off.',
      ],
      todo: [
        'Look up the key in its configuration.',
        'Compare it with Key 1 and Key 2 in the Azure portal.',
        'Answer below: Neither also when you can’t find out. Never send a key to anybody, nor to this chat.',
      ],
      buttons: choices,
      portal: true,
    };
  }
  const who = declaredBy === undefined ? 'Found' : nameOf(declaredBy);
  return {
    tone: 'good',
    mark: 'done',
    headline: `${who}: ${holds === 'neither' ? 'neither key' : holds === 'unreadable' ? 'unreadable' : slotName(holds)}`,
    says: [
      holds === 'neither'
        ? 'Somebody who knows must find out, or a waiver be asked for in the channel.'
        : 'Nothing to do now. If that is wrong, say so below while the plan is not approved.',
    ],
    todo: [],
    buttons: choices.filter(({ data }) => !(data.verb === 'declare' && data.holds === holds)),
    portal: holds === 'neither',
  };
}

/** Only what was seen: a key that nobody could try is not said to work. */
function worksMeanwhile({ slots: states, plan }: ApiKeysRotation, to: Slot): string {
  const old = otherSlot(to);
  if (plan?.proof.possible === false) return `${slotName(to)} is ready, but could not be tried from here.`;
  return states?.[to].condition === 'live' && states[old].condition === 'live'
    ? `${slotName(to)} works already, and ${slotName(old)} still does: nothing breaks while you switch.`
    : `${slotName(to)} is ready.`;
}

function switching({ rotation, now }: ApiKeysView, consumer: Consumer, to: Slot, owner: Person): Face {
  const { registered, move } = consumer;
  const key = slotName(to);
  const since = move?.receipt.as === 'given' ? move.receipt.at : now;
  const confirmable = ownersOf(consumer).some((person) => samePerson(person, owner));
  return {
    tone: 'accent',
    mark: 'now',
    headline: `Please switch it to ${key}`,
    says: [worksMeanwhile(rotation, to)],
    clock: `Asked at ${clock(since, now)}`,
    todo:
      registered.kind === 'manual'
        ? [
            `Open Keys and Endpoint in the Azure portal and copy ${key}.`,
            'Put it into the consumer’s configuration, and restart it if it needs that.',
            'See it answer, then press the button.',
          ]
        : [
            `Nothing to copy: ${key} is in the secret ${plain(registered.secret, 127)} of ${plain(new URL(registered.vault).hostname, 100)}, as a new version.`,
            'Let the consumer read it: reload or restart it.',
            'See it answer, then press the button.',
          ],
    buttons: confirmable
      ? [
          button(
            'I have switched',
            { ...ofRotation(rotation), verb: 'confirm', ...about(consumer, to) },
            'positive',
          ),
        ]
      : [],
    portal: registered.kind === 'manual',
  };
}
