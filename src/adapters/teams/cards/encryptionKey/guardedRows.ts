import type { Guarded, GuardTrouble } from '../../../../domain/encryptionKey/guarded.ts';
import { sameKey } from '../../../../domain/encryptionKey/key.ts';
import type { EncryptionKeyRotation } from '../../../../domain/encryptionKey/rotation.ts';
import { row, type Mark, type Row } from '../rows.ts';
import { number } from '../words.ts';
import { day, keyText } from './keyWords.ts';

const troubles = {
  disabled: 'DISABLED: enable it now, or data can’t be read',
  expired: 'EXPIRED: set a later expiry now',
  deleted: 'DELETED: recover it in the vault now, while it can be',
  unwatched: 'could not be looked at for long: give me the right to read it',
  expiresSoon: 'expires soon: rotate, or set a later expiry',
} as const satisfies Record<GuardTrouble, string>;

/** The versions that must stay enabled, those in trouble first, and in words what was left out. */
export function guardedRows(rotation: EncryptionKeyRotation, limit: number) {
  const sorted = rotation.guarded.toSorted((a, b) => Number(b.alarmed !== null) - Number(a.alarmed !== null));
  const hidden = sorted.length - limit;
  return {
    guarded: sorted.slice(0, limit).map((guarded) => guardedRow(rotation, guarded)),
    guardedRest: hidden > 0 ? `and ${number(hidden)} more` : '',
  };
}

function guardedRow(rotation: EncryptionKeyRotation, guarded: Guarded): Row {
  const { key, expires, tagged } = guarded;
  const [mark, says] = standsAs(guarded);
  const current = rotation.heading !== undefined && sameKey(rotation.heading.version, key);
  const note = [
    current ? 'The account uses it now.' : 'Earlier data may still be encrypted with it.',
    expires === null ? '' : `Expires ${day(expires)}.`,
    tagged ? 'Tagged in the vault.' : '',
  ];
  return row(mark, keyText(key), says, note.filter((part) => part !== '').join(' '));
}

function standsAs({ state, alarmed }: Guarded): readonly [Mark, string] {
  if (alarmed !== null) return ['halted', troubles[alarmed]];
  switch (state) {
    case 'enabled':
      return ['done', 'enabled'];
    case 'unreadable':
      return ['unsure', 'could not be looked at just now'];
    case 'disabled':
    case 'expired':
    case 'deleted':
      return ['halted', troubles[state]];
  }
}

/** What must be seen on any card of the rotation; nothing where its card lists the versions itself. */
export const alarms = (rotation: EncryptionKeyRotation): readonly Row[] =>
  rotation.phase.at === 'working' || rotation.phase.at === 'wrapping'
    ? rotation.guarded
        .filter(({ alarmed }) => alarmed !== null)
        .map((guarded) => ({ ...guardedRow(rotation, guarded), note: '' }))
    : [];
