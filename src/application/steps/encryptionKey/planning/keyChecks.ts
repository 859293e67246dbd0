import type { Check } from '../../../../domain/checks.ts';
import type { Making } from '../../../../domain/encryptionKey/target.ts';
import type { Key } from '../../../ports/encryption.ts';
import { day, names } from '../rotation.ts';
import { type Facts, isKeyName } from './facts.ts';
import { seenIn } from './look.ts';
import { isRsa, leastBits } from './making.ts';
import { sources } from './sources.ts';
import { pass, refuse, unknown, unread, warn } from './verdicts.ts';

/** What a key must be like, whether it is there or will be made. */
type Kind = Pick<Key, 'type' | 'bits' | 'enabled' | 'expires' | 'activates' | 'operations'>;

/** The key: is it there (or can it be made), and can an account use it? */
export function keyChecks(facts: Facts): readonly Check[] {
  const { choice, account, target, making, key } = facts;
  if (target === null)
    return [
      refuse(
        'Key',
        `${account.name} has a Microsoft-managed key, and nobody can make a new version of that one.`,
        {
          remedy: 'Choose a key of a vault, or have a new one made in it.',
        },
      ),
    ];
  if (!isKeyName(target.name)) return [noName(target.name)];
  if (choice.of === 'newKey')
    return making === null ? [] : [nameOf(facts), ...ofKind(facts, planned(making))];
  const there = seenIn(key);
  if (there === null) return missing(facts);
  if (choice.of === 'newVersion')
    return making === null ? [] : [newVersion(facts, making), ...ofKind(facts, planned(making))];
  return [chosen(facts, there), ...ofKind(facts, there)];
}

const planned = ({ type, bits, expires }: Making): Kind => ({
  type,
  bits,
  enabled: true,
  expires,
  activates: null,
  operations: ['wrapKey', 'unwrapKey'],
});

const ofKind = (facts: Facts, kind: Kind): readonly Check[] => [
  type(facts, kind),
  // only keys of RSA have one
  ...(isRsa(kind.type) ? [size(kind)] : []),
  enabled(kind),
  expiry(facts, kind),
  activation(facts, kind),
  operations(kind),
];

const dependent = ['Key type', 'Key size', 'Enabled', 'Expiry', 'Activation', 'Operations'];

const notAsked = refuse('Key', 'The vault could not be read, so nobody asked it for the key.', {
  remedy: 'See to the vault first, then check again.',
});

const noName = (name: string): Check =>
  refuse('Key', `"${name}" can't be the name of a key: 1 to 127 letters, digits and hyphens.`, {
    remedy: 'Choose another name, or another key.',
  });

function missing({ key, deleted, target }: Facts): readonly Check[] {
  const others = dependent.map((name) => unknown(name, 'The key could not be read.'));
  const name = target?.name ?? '';
  if (deleted !== null) {
    const until = deleted.purgeAt === null ? '' : `, until ${day(deleted.purgeAt)}`;
    return [
      refuse('Key', `The key ${name} was deleted. It can still be recovered${until}.`, {
        remedy: `Recover ${name} in its vault, then check again.`,
      }),
      ...others,
    ];
  }
  return [key !== null && 'unseen' in key ? unread('Key', 'refuse', key.unseen) : notAsked, ...others];
}

/** Only an attempt shows whether Keysmith may make keys there: Azure doesn't tell rights on a vault's data beforehand. */
const triedLater =
  'Whether my identity may make keys there shows when it does; until then nothing has changed.';

function newVersion({ target }: Facts, making: Making): Check {
  return pass(
    'Key',
    `A new version of ${target?.name ?? ''} will be made beside ${counted(making.existing.length)}. ${triedLater}`,
  );
}

const counted = (count: number): string =>
  count === 1 ? 'the one that is there' : `the ${String(count)} that are there`;

function nameOf({ key, deleted, target, versions }: Facts): Check {
  const name = target?.name ?? '';
  const other = 'Choose another name.';
  if (deleted !== null)
    return refuse('Key', `A key ${name} was deleted and can still be recovered, so its name is taken.`, {
      remedy: `${other} Or recover that key and choose it.`,
    });
  if (key !== null && 'seen' in key)
    return refuse(
      'Key',
      `There is a key ${name} in the vault already: making it would be a new version of that one.`,
      {
        remedy: `${other} Or choose that key.`,
      },
    );
  if (key === null) return notAsked;
  if (key.unseen.kind !== 'missing') return unread('Key', 'refuse', key.unseen);
  if (seenIn(versions)?.length)
    return refuse('Key', `There are versions of a key ${name} in the vault already.`, { remedy: other });
  return pass('Key', `The key ${name} will be made in the vault. ${triedLater}`);
}

function chosen({ account, choice }: Facts, there: Key): Check {
  if (choice.of !== 'existing') return pass('Key', there.name);
  if (names(account, { ...choice.key, version: there.version }))
    return refuse('Key', `${account.name} uses exactly this version of ${there.name} already.`, {
      remedy: 'Choose another key or version, or have a new one made.',
    });
  return choice.key.version === ''
    ? pass('Key', `No version was named, so the newest one of ${there.name} is meant: ${there.version}.`)
    : pass('Key', `${there.name}, version ${there.version}, is there.`);
}

function type({ vault, making }: Facts, { type: what }: Kind): Check {
  const from = [sources.cmk, sources.portalBefore, sources.openAi];
  const where = seenIn(vault);
  if (!isRsa(what))
    return refuse(
      'Key type',
      `It is a key of type ${what}. Azure wraps an account's data with RSA or RSA-HSM keys only.`,
      {
        remedy: 'Choose an RSA key, or have one made.',
        sources: from,
      },
    );
  if (
    making !== null &&
    what === 'RSA-HSM' &&
    where?.kind === 'vault' &&
    where.sku.toLowerCase() !== 'premium'
  )
    return refuse(
      'Key type',
      `The policy asks for an RSA-HSM key, which only a premium vault can make; ${where.name} is ${where.sku}.`,
      {
        remedy: 'Choose a key that is there, or let the policy ask for RSA here.',
        sources: from,
      },
    );
  return pass('Key type', `${what}.`, { sources: from });
}

function size({ bits }: Kind): Check {
  const from = [sources.cmk, sources.portalBefore, sources.openAi, sources.sample];
  if (bits === null) return refuse('Key size', 'Azure does not say its size.', { sources: from });
  if (bits < leastBits)
    return refuse('Key size', `${String(bits)} bits: at least ${String(leastBits)} are asked for.`, {
      remedy: `Choose a key of ${String(leastBits)} bits, or have one made.`,
      sources: from,
    });
  if (bits === leastBits)
    return pass('Key size', `${String(bits)} bits, as every page allows.`, { sources: from });
  return warn(
    'Key size',
    `${String(bits)} bits. The newest page asks for at least 2048; the older pages and the sample say 2048 and nothing else.`,
    { remedy: 'A key of 2048 bits is on the safe side of all pages.', sources: from },
  );
}

const enabled = ({ enabled: on }: Kind): Check =>
  on
    ? pass('Enabled', 'It is enabled.', { sources: [sources.cmk] })
    : refuse('Enabled', 'It is disabled, so nobody can use it.', {
        remedy: 'Enable it in its vault (ask first why it was disabled), or choose another.',
        sources: [sources.cmk],
      });

function expiry({ now, rules }: Facts, { expires }: Kind): Check {
  const from = [sources.keyRotation];
  if (expires === null) return pass('Expiry', 'It has no expiry.', { sources: from });
  if (expires <= now)
    return refuse('Expiry', `It expired on ${day(expires)}.`, {
      remedy: 'Choose another version, or have a new one made.',
      sources: from,
    });
  const left = `It expires on ${day(expires)}. What an account does with an expired key no page says, so the account must have moved on by then.`;
  return expires - now <= rules.timing.expiryWarning
    ? warn('Expiry', left, { remedy: 'Choose a version that lives longer.', sources: from })
    : pass('Expiry', left, { sources: from });
}

function activation({ now }: Facts, { activates }: Kind): Check {
  return activates === null || activates <= now
    ? pass('Activation', 'It may be used now.')
    : refuse('Activation', `It may not be used before ${day(activates)}.`, {
        remedy: 'Wait until then, or choose another.',
      });
}

function operations({ operations: allowed }: Kind): Check {
  const from = [sources.cmk, sources.portalBefore];
  const lacking = ['wrapKey', 'unwrapKey'].filter((one) => !allowed.includes(one));
  return lacking.length === 0
    ? pass('Operations', 'Wrap and unwrap are among its operations.', { sources: from })
    : refuse(
        'Operations',
        `${lacking.join(' and ')} ${lacking.length === 1 ? 'is' : 'are'} not among its permitted operations.`,
        {
          remedy: 'Permit wrapKey and unwrapKey on that version, or choose another key.',
          sources: from,
        },
      );
}
