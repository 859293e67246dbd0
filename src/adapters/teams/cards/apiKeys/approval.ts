import type { Plan } from '../../../../domain/apiKeys/plan.ts';
import type { Check } from '../../../../domain/checks.ts';
import { checkRow, checksTitle } from '../checkRows.ts';
import { blockersOf, decision, gateStatus, votesOf, type OpenGate } from '../gate.ts';
import { plain } from '../plain.ts';
import { dying, facts } from '../rows.ts';
import { type Part } from '../shared.ts';
import type { ApiKeysView } from '../view.ts';
import { counted, listed } from '../words.ts';
import { holdingRows } from './consumerRows.ts';
import { slotsInWords } from './slots.ts';

/** The first gate: the plan, and what dies when it is approved. */
export function approval(view: ApiKeysView, phase: OpenGate, rows: number): Part {
  const { rotation } = view;
  const { plan } = rotation;
  const { old, fresh } = slotsInWords(rotation);
  const consumers = holdingRows(rotation, rows);
  const checks = plan?.checks ?? [];
  return {
    template: 'approval',
    status: gateStatus(view, phase, 'Read what dies and who holds which key.'),
    ...decision(view, phase),
    stagesOpen: false,
    data: {
      dies: [
        dying(
          'halted',
          `${fresh} dies`,
          'whoever uses its current value is refused (401), at once or within hours. It can’t be brought back.',
        ),
        dying('done', `${old} lives`, 'it is in use and is not touched.'),
      ],
      facts: facts({
        Subscription: plain(plan?.account.subscriptionName ?? '', 100),
        'Resource group': plain(plan?.account.resourceGroup ?? '', 100),
        'In use': old,
        'To regenerate': fresh,
        'Traffic before': trafficBefore(plan),
      }),
      consumers: consumers.rows,
      consumersRest: consumers.rest,
      consumersTitle:
        rotation.consumers.length === 0
          ? 'No consumers are registered'
          : `Consumers: ${listed([counted(rotation.consumers.length, 'registered', 'registered')])}`,
      unseen: `Holders of ${fresh} that nobody registered can’t be seen from here.`,
      proof:
        plan === undefined || plan.proof.possible || checks.some(isAboutProof)
          ? ''
          : `The new key can’t be proved from here: ${plain(plan.proof.because, 200)}`,
      checksTitle: checksTitle(checks),
      checks: checks
        .filter(({ verdict }) => verdict !== 'pass')
        .slice(0, rows)
        .map(checkRow),
      passed: checks
        .filter(({ verdict }) => verdict === 'pass')
        .slice(0, rows)
        .map(checkRow),
      ...blockersOf(view, rows),
      ...votesOf(view, phase),
    },
  };
}

function trafficBefore(plan: Plan | undefined): string {
  if (plan === undefined) return '';
  const { baseline } = plan;
  if (baseline === null) return 'Azure Monitor showed none';
  return `${counted(baseline.calls, 'call')} in ${counted(baseline.minutes, 'minute')}, ${counted(baseline.refused, 'refused', 'refused')}`;
}

/** The check that says the same, with what to do about it. */
const isAboutProof = ({ name, verdict }: Check): boolean => name === 'Proof' && verdict !== 'pass';
