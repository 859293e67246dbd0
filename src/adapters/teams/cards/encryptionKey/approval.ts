import { duration } from '../../../../application/duration.ts';
import type { EncryptionPlan } from '../../../../domain/encryptionKey/plan.ts';
import type { EncryptionKeyRotation } from '../../../../domain/encryptionKey/rotation.ts';
import { checksTitle } from '../checkRows.ts';
import { decision, gateStatus, votesOf, type OpenGate } from '../gate.ts';
import { plain } from '../plain.ts';
import { dying, facts, row, type Row } from '../rows.ts';
import { accountName, type Part } from '../shared.ts';
import type { EncryptionView } from '../view.ts';
import { beforeText, day, encryptionText, keyText, kindText, vaultText, wantedText } from './keyWords.ts';
import { checkParts } from './planChecks.ts';

/** The gate: what would be done and in which order, and what of it can't be undone. */
export function approval(view: EncryptionView, phase: OpenGate, rows: number): Part {
  const { rotation } = view;
  const { plan } = rotation;
  const oneWay = plan?.oneWay === true;
  const what = oneWay
    ? 'Read what can’t be undone: this door opens once.'
    : 'Read what would be done, and what can’t be undone.';
  return {
    template: 'key-approval',
    status: gateStatus(view, phase, what),
    ...decision(view, phase),
    stagesOpen: false,
    data: {
      oneWay: oneWay ? door(rotation) : '',
      facts: fromTo(rotation),
      does: doesOf(rotation).map((text, index) => ({ number: `${index + 1}.`, text })),
      undone: plan === undefined ? [] : undoneOf(rotation, plan),
      followers: plan === undefined ? [] : followerRows(plan, rows),
      checksTitle: checksTitle(plan?.checks ?? []),
      ...checkParts(plan, rows),
      ...votesOf(view, phase),
    },
  };
}

const nameOf = (rotation: EncryptionKeyRotation): string => plain(accountName(rotation), 120);

/** The one-way door has words of its own. */
const door = (rotation: EncryptionKeyRotation): string =>
  `${nameOf(rotation)} leaves its Microsoft-managed key for good. Azure has no way back: this can’t be undone by anybody, not by Microsoft either. From then on its data can be read only while a key of this vault can be used, so somebody must look after that vault for as long as the account lives.`;

function fromTo(rotation: EncryptionKeyRotation) {
  const { plan } = rotation;
  if (plan === undefined) return [];
  const vault = plan.making?.vault ?? plan.to.vault;
  return facts({
    From: fromText(rotation, plan),
    To: plan.making === null ? keyText(plan.to) : `${wantedText(plan)} (${kindText(plan.making)})`,
    Vault: vaultText(rotation, vault),
    Expires: plan.making === null ? '' : plan.making.expires === null ? 'never' : day(plan.making.expires),
    Version: plan.follows
      ? 'not pinned: Azure goes on following the newest'
      : 'pinned: it stays until somebody changes it',
  });
}

const fromText = (rotation: EncryptionKeyRotation, { from, previous }: EncryptionPlan): string =>
  from.source === 'customer' && from.key.version === ''
    ? `${encryptionText(from, previous)}, which Azure follows by itself`
    : beforeText(rotation);

/** What would be done, one sentence a step, in the order in which it is done. */
function doesOf(rotation: EncryptionKeyRotation): readonly string[] {
  const { plan, rules } = rotation;
  if (plan === undefined) return [];
  const name = nameOf(rotation);
  const { wrapUsually, wrapPatience } = rules.timing;
  const make = `Make ${wantedText(plan)} in ${vaultText(rotation, plan.making?.vault ?? plan.to.vault)}`;
  const changes = plan.follows
    ? [`${make}. Azure follows it by itself, so creating the version is the switch.`]
    : [
        ...(plan.making === null ? [] : [`${make}. No account uses it yet.`]),
        `Point ${name} at ${plan.making === null ? keyText(plan.to) : 'it'}: one change of the account, of its encryption and nothing else.`,
      ];
  return [
    ...changes,
    `Wait while Azure wraps the data: usually ${duration(wrapUsually)}, at most ${duration(wrapPatience)}. Certain operations are available meanwhile.`,
    `Verify that ${name} names the new key, that it answers, and that nothing else has changed.`,
    `Tag and watch every version that it used: ${plan.previous === null ? 'the new one' : 'the old one and the new one'} must stay enabled.`,
  ];
}

function undoneOf(rotation: EncryptionKeyRotation, plan: EncryptionPlan): readonly Row[] {
  const made =
    plan.making === null
      ? []
      : plan.follows
        ? [
            dying(
              'halted',
              'The switch itself',
              'creating the version is the switch: there is no step in between. Roll back can only pin the version before it.',
            ),
          ]
        : [dying('unsure', 'The new version', 'it stays in the vault; never delete it once data uses it.')];
  const data =
    plan.previous === null
      ? dying('halted', 'The key of Microsoft', 'there is no way back to it.')
      : dying(
          'unsure',
          'What is written meanwhile',
          `is encrypted with the new key. Existing data stays encrypted with ${beforeText(rotation)}, so both must stay enabled for good.`,
        );
  return [...made, data];
}

const followerRows = ({ followers, follows, making }: EncryptionPlan, rows: number): readonly Row[] => {
  const says =
    making !== null && follows
      ? 'follows this key too, so it switches at the same moment'
      : 'follows the newest version of this key, so it switches too';
  const shown = followers.slice(0, rows).map((name) => row('unsure', plain(name, 80), says));
  const hidden = followers.length - shown.length;
  return hidden > 0 ? [...shown, row('unsure', `${hidden} more`, says)] : shown;
};
