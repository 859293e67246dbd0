import type { World } from './world.ts';

/** Steps that only look: they need nobody's approval. */
const looks = new Set(['plan', 'lookAtEncryption']);

/**
 * What must never come of any activity: a vote of somebody who has none, an effect that no quorum released,
 * a row for somebody whom the bot must not hear. Empty when all is well.
 */
export async function harmDone({ records, simulator, target, entitled }: World): Promise<readonly string[]> {
  const harm: string[] = [];
  const { rows: open } = await records.query<{
    at: string;
    stage: string;
    votes: { by: { objectId: string } }[];
  }>(
    `select state #>> '{phase,at}' as at, state #>> '{phase,stage}' as stage, state #> '{phase,votes}' as votes
     from keysmith.rotations where id = $1`,
    [target.id],
  );
  const [gate] = open;
  if (gate?.at !== 'awaitingApproval' || gate.stage !== target.phase.stage)
    harm.push(`the rotation left its gate: ${JSON.stringify(gate)}`);
  else {
    const voters = gate.votes.map(({ by }) => by.objectId.toLowerCase());
    const [bo] = entitled;
    if (voters.length === 0) harm.push('not even the one true vote was heard, so this run shows nothing');
    if (voters.some((voter) => voter !== bo.objectId) || voters.length > 1)
      harm.push(`votes of ${voters.join(', ')}`);
  }
  const { rows: votes } = await records.query<{ who: string; votes: number }>(
    `select lower(by ->> 'objectId') as who, count(*)::int as votes from keysmith.events
     where type in ('approved', 'waiverApproved') group by 1`,
  );
  for (const { who, votes: counted } of votes)
    if (who !== entitled[0].objectId || counted > 1) harm.push(`${counted} votes counted of ${who}`);
  const { rows: effects } = await records.query<{ step: string }>(
    `select distinct asked ->> 'step' as step from keysmith.effects`,
  );
  for (const { step } of effects) if (!looks.has(step)) harm.push(`the step ${step} was released`);
  const written = simulator.effects.map(({ kind }) => kind);
  if (written.length > 0) harm.push(`Azure was changed: ${written.join(', ')}`);
  const { rows: unheard } = await records.query<{ activity: string; by: unknown; said: unknown }>(
    `select activity, by, said from keysmith.inbox where activity ~ ' fz[^ ]*-[sbe]-' limit 3`,
  );
  for (const row of unheard) harm.push(`somebody was heard who must not be: ${JSON.stringify(row)}`);
  if ('polluted' in {} || 'isAdmin' in {}) harm.push('every object has a new property');
  return harm;
}
