import type { EncryptionNews } from '../../domain/effects.ts';
import { type GuardTrouble } from '../../domain/encryptionKey/guarded.ts';
import { type Encryption, type KeyAddress, keyName } from '../../domain/encryptionKey/key.ts';
import { refusalsOf } from '../../domain/encryptionKey/plan.ts';
import type { EncryptionKeyRotation } from '../../domain/encryptionKey/rotation.ts';
import { gateOf } from '../../domain/encryptionKey/safety.ts';
import { stageTitle } from '../../domain/procedures.ts';
import { duration } from '../duration.ts';
import { commonWords } from './shared.ts';

/** What is said of a news of the encryption key, to go on behind `<account>: `. */
export const encryptionWords = (
  rotation: EncryptionKeyRotation,
  { news, about }: Readonly<{ news: EncryptionNews; about?: string }>,
  at: number,
): string =>
  // the ellipsis of a shortened version ends a sentence by itself
  sentences[news]({ rotation, about: about ?? '', at }).replaceAll('….', '…');

type Facts = Readonly<{ rotation: EncryptionKeyRotation; about: string; at: number }>;

const listed = new Intl.ListFormat('en', { type: 'conjunction' });

/** `Bo and Chen approved. `; nothing where nobody had to. */
function approvedBy(rotation: EncryptionKeyRotation): string {
  const names = (rotation.approvals[gateOf(rotation)] ?? []).map(({ by }) => by.name);
  return names.length === 0 ? '' : `${listed.format(names)} approved. `;
}

const used = (encryption: Encryption): string =>
  encryption.source === 'microsoft' ? 'a Microsoft-managed key' : keyName(encryption.key);

const previous = ({ plan }: EncryptionKeyRotation): string =>
  plan === undefined ? 'the key in use' : plan.previous === null ? used(plan.from) : keyName(plan.previous);

const heading = ({ heading: to }: EncryptionKeyRotation): string =>
  to === undefined ? 'the new key' : keyName(to.version);

const inUse = ({ found }: EncryptionKeyRotation): string =>
  found === undefined ? 'a key' : found.inUse === null ? used(found.encryption) : keyName(found.inUse);

/** The key that was chosen and can't be used. */
function chosen({ phase }: EncryptionKeyRotation): string {
  if (phase.at !== 'choosingKey' || phase.unfit === undefined) return 'that key';
  const { making, to } = phase.unfit;
  return making === null
    ? keyName(to)
    : `${making.existing.length > 0 ? 'a new version of' : 'a new key'} ${making.name}`;
}

/** What the approvers are asked for, and what it can't undo. */
function asked({ plan }: EncryptionKeyRotation): string {
  if (plan === undefined) return 'the plan is ready.';
  const { making, to, follows, oneWay, followers } = plan;
  const door = oneWay
    ? ' This is a one-way door: from a customer-managed key there is no way back to a Microsoft-managed one.'
    : '';
  const others =
    followers.length === 0 || making === null
      ? ''
      : ` ${listed.format(followers)} ${followers.length === 1 ? 'follows' : 'follow'} the newest version of that key too, and ${followers.length === 1 ? 'moves' : 'move'} with it.`;
  if (making === null)
    return `the plan is ready: the account will be pointed at ${keyName(to)}.${door}${others}`;
  const made = making.existing.length > 0 ? `a new version of ${making.name}` : `the new key ${making.name}`;
  return follows
    ? `the plan is ready: ${made} will be made, and Azure follows it by itself, so making it is the switch and can't be undone.${others}`
    : `the plan is ready: ${made} will be made, and the account pointed at it.${door}${others}`;
}

const trouble = ({
  rotation,
  about,
}: Facts): Readonly<{ key: KeyAddress | undefined; is: GuardTrouble | null; expires: number | null }> => {
  const found = rotation.guarded.find(({ key }) => key.version === about);
  return { key: found?.key, is: found?.alarmed ?? null, expires: found?.expires ?? null };
};

const name = (key: KeyAddress | undefined): string =>
  key === undefined ? 'a guarded key version' : keyName(key);

/** What is wrong with a guarded version, what it means, and what to do: in this order. */
function alarm(facts: Facts): string {
  const { key, is, expires } = trouble(facts);
  const unreadable = 'Data that is still encrypted with it can become unreadable at any time.';
  switch (is) {
    case 'deleted':
      return `ALARM: ${name(key)} was deleted. ${unreadable} Recover it in the vault now (Key Vault, Managed deleted keys, Recover), before its retention is over, and find out who deleted it.`;
    case 'disabled':
      return `ALARM: ${name(key)} was disabled. ${unreadable} Enable it again in the vault now, and find out who disabled it (the vault's audit log names them).`;
    case 'expired':
      return `ALARM: ${name(key)} has expired. ${unreadable} Set a later expiry on that version in the vault now.`;
    case 'unwatched':
      return `ALARM: I could not look at ${name(key)} for a long time, so nobody guards it. See that my identity may read the keys of its vault (Key Vault keys/read), and look at the version yourself meanwhile: it must be enabled.`;
    case 'expiresSoon':
      return `ALARM: ${name(key)}, which the account uses, expires in ${expires === null ? 'a while' : duration(Math.max(0, expires - facts.at))}. Set a later expiry on it in the vault, or rotate to a new version before that.`;
    case null:
      return `${name(key)} needs a look in the vault.`;
  }
}

/** What is said of each news; a news without words doesn't compile. */
const sentences: Readonly<Record<EncryptionNews, (facts: Facts) => string>> = {
  ...commonWords,
  keyToChoose: ({ rotation }) =>
    `it is encrypted with ${inUse(rotation)}. Please choose on the card which key it shall use instead. Choosing changes nothing yet.`,
  keyUnfit: ({ rotation }) => {
    const { phase } = rotation;
    const refused = phase.at === 'choosingKey' && phase.unfit !== undefined ? refusalsOf(phase.unfit) : [];
    return `${chosen(rotation)} can't be used. ${refused.map(({ says }) => says).join(' ')} The card says what to do about it. Nothing was changed.`;
  },
  gateOpened: ({ rotation }) => `${asked(rotation)} Please look at the card and decide.`,
  reminder: () => 'the rotation still waits for your decision. Please look at the card.',
  keyVersionCreated: ({ rotation }) => {
    const made = rotation.created === undefined ? 'the new key version' : keyName(rotation.created);
    return rotation.plan?.follows === true
      ? `${approvedBy(rotation)}${made} is made. Azure follows it by itself; the version before it must stay enabled.`
      : `${approvedBy(rotation)}${made} is made. The account still uses ${previous(rotation)}.`;
  },
  accountPointed: ({ rotation }) =>
    `${rotation.created === undefined && rotation.heading?.why === 'forth' ? approvedBy(rotation) : ''}Azure has accepted ${heading(rotation)} and wraps the data with it now, which takes a few minutes. Certain operations are available meanwhile.`,
  rightAwaited: ({ rotation: { phase } }) =>
    phase.at === 'working' && phase.waiting !== undefined
      ? `${phase.waiting.says} A right that was granted a moment ago can take minutes to count, so I try again by myself for ${duration(phase.waiting.until - phase.waiting.since)}. The account is unchanged.`
      : 'a right is not in force yet; I try again by myself.',
  wrapIsSlow: ({ rotation, at }) =>
    `Azure is still wrapping, for ${duration(at - ('since' in rotation.phase ? rotation.phase.since : at))} now, which is longer than usual. Nothing is wrong yet; I go on looking. Both key versions must stay enabled.`,
  encryptionVerified: ({ rotation }) =>
    `it uses ${heading(rotation)} now, and answers. Existing data stays encrypted with ${previous(rotation)} until it is processed anew.`,
  choiceOpened: ({ rotation, at }) => {
    const { phase, heading: to } = rotation;
    const left = duration((phase.at === 'settling' ? phase.until : at) - at);
    const pin = to?.version !== undefined && to.to.version === '' ? ', pin the account to this version' : '';
    const back = rotation.plan?.previous === null ? '' : ' or roll back';
    if (pin === '' && back === '')
      return `everything is verified. There is no way back from here, so it stays: press Stay on the card, or it is finished by itself in ${left}.`;
    return `everything is verified. Stay${pin}${back}? Please choose on the card; without a choice it stays, in ${left}.`;
  },
  guardAlarm: alarm,
  guardMended: (facts) => `${name(trouble(facts).key)} is in order again. I go on watching it.`,
  halted: ({ rotation: { phase } }) =>
    phase.at === 'halted'
      ? `halted at “${stageTitle('encryptionKey', phase.stage)}”. ${phase.fault.says} ${phase.fault.remedy}`
      : 'halted. The card says why.',
  rollingBack: ({ rotation }) => `rolling back. The account is pointed at ${previous(rotation)} again.`,
  refused: ({ rotation: { phase } }) =>
    phase.at === 'ended'
      ? ['not started.', phase.says, phase.remedy ?? '', 'Nothing was changed.'].filter(Boolean).join(' ')
      : 'not started. Nothing was changed.',
  declined: ({ rotation: { phase } }) =>
    `the plan was rejected${phase.at === 'ended' && phase.by !== undefined ? ` by ${phase.by.name}` : ''}. Nothing was changed.`,
  cancelled: ({ rotation: { phase } }) =>
    `the rotation was cancelled${phase.at === 'ended' && phase.by !== undefined ? ` by ${phase.by.name}` : ''}. ${phase.at === 'ended' ? phase.says : ''}`,
  finished: ({ rotation, at }) => finished(rotation, duration(at - rotation.request.at)),
};

function finished(rotation: EncryptionKeyRotation, took: string): string {
  const { phase, guarded } = rotation;
  const keep =
    guarded.length < 2
      ? `I watch over ${heading(rotation)}: it must stay enabled.`
      : `Never disable or delete the earlier versions: data is still encrypted with them. I watch over ${listed.format(guarded.map(({ key }) => keyName(key)))}.`;
  if (phase.at !== 'completed') return 'the rotation is finished.';
  switch (phase.outcome) {
    case 'moved':
      return `the rotation is finished after ${took}: the account uses ${heading(rotation)}. ${keep}`;
    case 'pinned':
      return `the rotation is finished after ${took}: the account is pinned to ${heading(rotation)} and no longer follows newer versions by itself. ${keep}`;
    case 'rolledBack':
      return `the rotation was rolled back after ${took}: the account uses ${heading(rotation)} as before. ${keep}`;
  }
}
