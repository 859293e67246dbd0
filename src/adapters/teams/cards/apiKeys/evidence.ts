import { duration } from '../../../../application/duration.ts';
import type { ApiKeysRotation, OldKey } from '../../../../domain/apiKeys/rotation.ts';
import { judgeTraffic } from '../../../../domain/apiKeys/traffic.ts';
import { plain } from '../plain.ts';
import { row, type Row } from '../rows.ts';
import { counted, nameOf, number } from '../words.ts';

const proves = 'This shows that the new key works. It does not show that nobody still uses the old one.';

/** What Azure Monitor shows of the clients, with what that proves and what it doesn't. */
export function trafficRow(rotation: ApiKeysRotation): Row {
  const { traffic, plan } = rotation;
  const title = 'Traffic';
  const waived = waiverOf(rotation);
  if (traffic === undefined) return row('next', title, 'not looked at yet');
  if ('unavailable' in traffic) {
    return row('unsure', title, 'no evidence', `${plain(traffic.unavailable, 200)}${waived}`);
  }
  const sample = traffic.window;
  const seen = `${counted(sample.calls, 'call')} in ${duration(sample.to - sample.from)}, ${number(sample.refused)} refused (401)`;
  switch (judgeTraffic(sample, plan?.baseline ?? null)) {
    case 'rise':
      return row(
        'halted',
        title,
        `refusals have risen: ${seen}`,
        'Somebody may still be using a key that is gone.',
      );
    case 'noEvidence':
      return row('unsure', title, `no evidence: ${seen}`, `${whyNone(sample.refusalsVisible)}${waived}`);
    case 'quiet':
      return row(
        'done',
        title,
        `quiet: ${seen}`,
        sample.refusalsVisible === true ? proves : `${proves} ${weak}`,
      );
  }
}

function waiverOf({ waivers }: ApiKeysRotation): string {
  const waiver = waivers.find(({ state, subject }) => state === 'granted' && subject.of === 'traffic');
  return waiver === undefined ? '' : ` Waived: “${plain(waiver.reason, 160)}” (${nameOf(waiver.askedBy)})`;
}

const weak = 'Azure has not yet shown the refusals of our own test calls, so a zero says little.';

const whyNone = (visible: boolean | 'unknown'): string =>
  visible === false
    ? 'Azure Monitor does not show refused calls of this account, so zero refusals prove nothing.'
    : 'No client call was answered, so nothing shows that the new key is in use.';

/** What became of the key that was retired; nothing where none was. */
export const oldKeyRows = ({ oldKey }: ApiKeysRotation, now: number): readonly Row[] =>
  oldKey === undefined ? [] : [oldKeyRow(oldKey, now)];

function oldKeyRow(oldKey: OldKey, now: number): Row {
  const title = 'The old key';
  const tried = counted(oldKey.tries, 'try', 'tries');
  switch (oldKey.proof) {
    case 'dead':
      return row(
        'done',
        title,
        'proved dead',
        `Refused ${duration(oldKey.at - oldKey.since)} after it was retired (${tried}).`,
      );
    case 'trying': {
      const so = `Still being tried, for ${duration(now - oldKey.since)} (${tried}).`;
      return row(
        'now',
        title,
        'not yet refused everywhere',
        `${so} Azure can take hours; nobody waits for it.`,
      );
    }
    case 'unproved':
      return row('unsure', title, 'not proved dead', `${plain(oldKey.because, 200)} (${tried})`);
  }
}
