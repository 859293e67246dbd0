import type { Check } from '../../../../domain/checks.ts';
import type { KeyUser } from '../../../ports/encryption.ts';
import { day, whyUnusable } from '../rotation.ts';
import { type Facts, follows } from './facts.ts';
import { seenIn } from './look.ts';
import { period } from './period.ts';
import { sources } from './sources.ts';
import { pass, refuse, unknown, unread, warn } from './verdicts.ts';

/** What else hangs on the key: the version in use, accounts that follow it, and what its vault does by itself. */
export const sharingChecks = (facts: Facts): readonly Check[] => [
  ...inUse(facts),
  ...followedBySelf(facts),
  ...followedByOthers(facts),
  ...rotatedByVault(facts),
];

/** The version that the data is encrypted with now. */
function inUse({ previous, account, now }: Facts): readonly Check[] {
  const name = 'Key in use';
  if (previous === null || account.encryption.source === 'microsoft') return [];
  const from = [sources.rotateKeys, sources.cmk];
  const stays =
    "The account's existing data stays encrypted with it, so it must stay enabled, also afterwards.";
  if ('unseen' in previous)
    return [
      refuse(
        name,
        `The key that ${account.name} uses now could not be read. ${previous.unseen.says} ${stays}`,
        {
          remedy: 'See to the key that is in use first: recover it, or let me read it; then check again.',
          sources: from,
        },
      ),
    ];
  const key = previous.seen;
  const trouble = whyUnusable(key, now);
  if (trouble === null)
    return [pass(name, `${key.name}, version ${key.version}, is enabled. ${stays}`, { sources: from })];
  const says = `${key.name}, version ${key.version}, ${trouble}. ${stays}`;
  // a version that expired is what people rotate for; one that somebody disabled keeps the data shut
  return [
    key.enabled
      ? warn(name, `${says} There may be no way back to it.`, { sources: from })
      : refuse(name, says, { remedy: 'Enable it first, then check again.', sources: from }),
  ];
}

const isFollower = ({ version }: KeyUser): boolean => version === '';

/** Accounts besides this one that follow the newest version of the key, where one will be made. */
export const followersIn = ({ users, account, making }: Facts): readonly string[] =>
  making === null
    ? []
    : (seenIn(users)?.users ?? [])
        .filter((user) => isFollower(user) && user.id.toLowerCase() !== account.id.toLowerCase())
        .map(({ name }) => name);

function followedBySelf(facts: Facts): readonly Check[] {
  const { account } = facts;
  const { encryption, name } = account;
  const from = [sources.cmk, sources.openAi];
  if (encryption.source !== 'customer' || encryption.key.version !== '') return [];
  const disagree =
    'The newest page says that an account without a key version uses the latest one by itself, the one on Azure OpenAI that it must be updated.';
  return [
    follows(facts)
      ? warn(
          'Follows its key',
          `${name} names no version, so it follows the newest one of ${encryption.key.name} by itself. Making the version is the switch, and can't be undone: there is no step in between. ${disagree}`,
          {
            remedy: `Afterwards you can pin ${name} to a version. Roll back pins it to the one that it uses now.`,
            sources: from,
          },
        )
      : warn(
          'Follows its key',
          `${name} follows the newest version of ${encryption.key.name} by itself. From now on it will be pinned to one version, and no longer follow. ${disagree}`,
          {
            sources: from,
          },
        ),
  ];
}

function followedByOthers(facts: Facts): readonly Check[] {
  const name = 'Other accounts';
  const { users, making, target } = facts;
  if (target === null || users === null) return [];
  const from = [sources.cmk];
  if ('unseen' in users) return [unread(name, 'unknown', users.unseen)];
  const { unread: blind } = users.seen;
  const followers = followersIn(facts);
  const moved =
    followers.length === 0
      ? ''
      : `${followers.join(', ')} ${followers.length === 1 ? 'follows' : 'follow'} the newest version of ${target.name} too: making one moves ${followers.length === 1 ? 'it' : 'them'} as well, at once and irreversibly.`;
  if (making !== null && blind.length > 0)
    return [
      unknown(
        name,
        `${moved} Accounts in ${blind.join(', ')} could not be read: more may follow ${target.name}.`.trim(),
        {
          remedy: 'Let me read accounts there, or ask who uses the key.',
          sources: from,
        },
      ),
    ];
  if (moved !== '')
    return [
      warn(name, moved, {
        remedy: 'Ask those who look after them first, or have a key of its own made.',
        sources: from,
      }),
    ];
  return [
    pass(
      name,
      making === null
        ? 'No version is made, so nobody else is moved.'
        : `No other account that I can see follows ${target.name}.`,
      {
        sources: from,
      },
    ),
  ];
}

function rotatedByVault(facts: Facts): readonly Check[] {
  const name = 'Rotation policy';
  const from = [sources.keyRotation];
  const { rotationPolicy, choice, target } = facts;
  if (choice.of === 'newKey')
    return [pass(name, 'A new key has no rotation policy of its own.', { sources: from })];
  if (rotationPolicy === null || target === null) return [];
  if ('unseen' in rotationPolicy)
    return [
      unknown(
        name,
        `The vault's rotation policy of ${target.name} could not be read. ${rotationPolicy.unseen.says}`,
        { sources: from },
      ),
    ];
  const { rotates, nextRun } = rotationPolicy.seen;
  if (rotates === null)
    return [pass(name, `The vault does not rotate ${target.name} by itself.`, { sources: from })];
  const when =
    'after' in rotates
      ? `${period(rotates.after)} after the one before it`
      : `${period(rotates.beforeExpiry)} before one expires`;
  const next =
    nextRun === null
      ? 'The current version has no expiry to count from, so no next run is due.'
      : `The next run is due on ${day(nextRun)}.`;
  const then = follows(facts)
    ? 'The account, which follows it, moves by itself then, without anybody being asked.'
    : 'The account does not follow it: it stays on the version that it names, until somebody rotates again.';
  return [
    warn(name, `The vault makes a new version of ${target.name} by itself, ${when}. ${next} ${then}`, {
      remedy: follows(facts)
        ? 'Pin the account afterwards if people shall be asked each time.'
        : 'Rotate again by then. I warn before the version in use expires.',
      sources: from,
    }),
  ];
}
