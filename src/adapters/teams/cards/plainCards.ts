import { button, type Button } from './buttons.ts';
import { accountInWords, plain } from './plain.ts';
import { fill } from './templates.ts';
import type { Card } from './view.ts';
import { listed } from './words.ts';

const askForRotation: Button = button('Ask for a rotation', { keysmith: 1, verb: 'openRotate' }, 'positive');

/** What can be said to Keysmith. */
export const helpCard = (): Card => fill('help', { buttons: [askForRotation] });

/** What Keysmith is, for a chat that it was just added to. */
export const welcomeCard = (): Card => fill('welcome', { buttons: [askForRotation] });

/** A refusal: what can't be done, why, what to do instead, and names that may have been meant. */
export function refusalCard(title: string, says: string, remedy: string, near: readonly string[] = []): Card {
  return fill('refusal', {
    summary: 'Keysmith can’t do that.',
    title: plain(title, 160),
    says: plain(says, 500),
    remedy: plain(remedy, 500),
    near:
      near.length === 0
        ? ''
        : `Did you mean ${listed(
            near.slice(0, 5).map((name) => plain(name, 80)),
            5,
            'or',
          )}?`,
  });
}

/** What stands in place of a card that was posted twice: the other one goes on. */
export const replacedCard = (rotation: string): Card =>
  fill('refusal', {
    summary: 'This card was replaced by a newer one.',
    title: 'This card was replaced by a newer one',
    says: `${rotation} goes on there. A decision counts wherever it was made.`,
    remedy: `Look for the newer card here, or say: status ${rotation}`,
    near: '',
  });

/** A Teams picker gets unusable long before the card gets too large. */
const mostAccounts = 100;

/** Asks what to rotate. `accounts` are offered by name, `chosen` and `emergency` are preset; any other can be typed. */
export function askRotateCard(accounts: readonly string[], chosen?: string, emergency = false): Card {
  const offered = accounts.slice(0, mostAccounts);
  return fill('request', {
    choices: offered.map((name) => ({ title: plain(name, 90), value: name.slice(0, 260) })),
    chosen: chosen !== undefined && offered.includes(chosen) ? chosen.slice(0, 260) : '',
    offers: offered.length > 0,
    typeOnly: offered.length === 0,
    style: offered.length > 8 ? 'filtered' : 'compact',
    emergency: String(emergency),
    example: accountInWords(offered[0] ?? 'contoso-chat'),
    buttons: [button('Ask for it', { keysmith: 1, verb: 'submitRotate' }, 'positive')],
  });
}
