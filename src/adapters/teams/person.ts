import type { TurnContext } from 'botbuilder';
import type { Log } from '../../application/ports/ambient.ts';
import type { Person } from '../../domain/people.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { IncomingInvoke, IncomingMessage } from './activity.ts';
import { conversationsOf } from './connector.ts';
import type { Roster, Seated } from './roster.ts';
import { isAdmitted, type Tenants } from './tenants.ts';

/** Why somebody isn't heard. Each is the name of a sentence in `chatRefusals`. */
export type PersonRefusal = 'unknownPerson' | 'stranger' | 'rosterUnreachable';

type Known = Readonly<{
  roster: Roster;
  connectorKey: symbol;
  /** Null: everybody is heard, because nobody is authenticated either. */
  tenants: Tenants | null;
  log: Log;
}>;

/**
 * Who acts: the directory id of the authenticated activity, with the tenant and the role that the roster
 * says. The activity's own tenant is the conversation's, which isn't a guest's. Without a directory id in
 * the activity the roster is asked; never is anybody known by name or address.
 *
 * Where tenants are told apart, somebody whom the roster doesn't know, or knows by another directory id, is
 * refused, and so is everybody while the roster can't be read. Elsewhere the conversation's tenant will do.
 */
export async function personOf(
  context: TurnContext,
  activity: IncomingMessage | IncomingInvoke,
  on: Known,
): Promise<Result<Person, PersonRefusal>> {
  const { from } = activity;
  const seat = await seatOf(context, activity, on);
  if (on.tenants !== null) {
    if (seat === 'unreachable') return refuse(on, 'rosterUnreachable');
    if (seat === null || !sameId(seat.objectId, from.aadObjectId ?? seat.objectId))
      return refuse(on, 'unknownPerson');
    if (seat.tenantId === undefined || !isAdmitted(on.tenants, seat.tenantId, seat.guest))
      return refuse(on, 'stranger');
  }
  const known = seat === 'unreachable' ? null : seat;
  const objectId = from.aadObjectId ?? known?.objectId;
  const tenantId = tenantOf(activity, known, objectId);
  if (objectId === undefined || tenantId === undefined) return refuse(on, 'unknownPerson');
  return ok({ objectId, tenantId, name: from.name ?? known?.name ?? 'somebody' });
}

function refuse({ log }: Known, refusal: PersonRefusal): Result<never, PersonRefusal> {
  log.warn({ event: 'person.refused', refusal });
  return err(refusal);
}

async function seatOf(
  context: TurnContext,
  { from, conversation }: IncomingMessage | IncomingInvoke,
  on: Known,
): Promise<Seated | 'unreachable' | null> {
  const asked = on.roster.member(conversationsOf(context, on.connectorKey), conversation.id, from.id);
  const needed = on.tenants !== null || from.aadObjectId === undefined;
  try {
    // a slow roster must not cost the click its deadline
    return await Promise.race([asked, outOfPatience(needed ? patience.needed : patience.asAHelp)]);
  } catch (error) {
    on.log.warn({ event: 'roster.unreachable', error });
    // its own end comes when nobody waits for it any more, and is remembered for the next try
    asked.catch(() => undefined);
    return 'unreachable';
  }
}

function tenantOf(
  { conversation, channelData }: IncomingMessage | IncomingInvoke,
  seat: Seated | null,
  objectId: string | undefined,
): string | undefined {
  const seated = seat !== null && sameId(seat.objectId, objectId) ? seat.tenantId : undefined;
  return seated ?? conversation.tenantId ?? channelData?.tenant?.id;
}

/** How long the roster is waited for, in milliseconds; Teams gives an invoke about 10 s in all. */
const patience = { needed: 3000, asAHelp: 1000 };

const outOfPatience = (ms: number): Promise<never> =>
  new Promise((_settle, refuse) => {
    setTimeout(refuse, ms, new Error('the roster took too long')).unref();
  });

const sameId = (a: string, b: string | undefined): boolean => a.toLowerCase() === b?.toLowerCase();
