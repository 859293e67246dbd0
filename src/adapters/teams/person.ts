import type { TurnContext } from 'botbuilder';
import type { Log } from '../../application/ports/ambient.ts';
import type { Person } from '../../domain/people.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { IncomingInvoke, IncomingMessage } from './activity.ts';
import { conversationsOf } from './connector.ts';
import type { Roster, Seated } from './roster.ts';

/**
 * Who acts: the directory id of the authenticated activity, and the tenant that the roster says. The
 * activity's own tenant is the conversation's, which isn't a guest's; it is taken where the roster can't
 * be read. Without a directory id in the activity the roster is asked; never is anybody known by name.
 */
export async function personOf(
  context: TurnContext,
  activity: IncomingMessage | IncomingInvoke,
  on: Readonly<{ roster: Roster; connectorKey: symbol; log: Log }>,
): Promise<Result<Person, 'unknownPerson'>> {
  const { from, conversation, channelData } = activity;
  const seat = await seatOf();
  const objectId = from.aadObjectId ?? seat?.objectId;
  const seatedTenant = seat !== null && sameId(seat.objectId, objectId) ? seat.tenantId : undefined;
  const tenantId = seatedTenant ?? conversation.tenantId ?? channelData?.tenant?.id;
  if (objectId === undefined || tenantId === undefined) return err('unknownPerson');
  return ok({ objectId, tenantId, name: from.name ?? seat?.name ?? 'somebody' });

  async function seatOf(): Promise<Seated | null> {
    const calls = conversationsOf(context, on.connectorKey);
    const asked = on.roster.member(calls, conversation.id, from.id);
    try {
      // with a directory id at hand a slow roster must not cost the click its deadline
      return await (from.aadObjectId === undefined ? asked : Promise.race([asked, outOfPatience()]));
    } catch (error) {
      on.log.warn({ event: 'roster.unreachable', error });
      // its own end comes when nobody waits for it any more
      asked.catch(() => undefined);
      return null;
    }
  }
}

/** How long the roster is waited for where it is not needed, in milliseconds; Teams gives an invoke about 10 s. */
const patience = 1000;

const outOfPatience = (): Promise<never> =>
  new Promise((_settle, refuse) => {
    setTimeout(refuse, patience, new Error('the roster took too long')).unref();
  });

const sameId = (a: string, b: string | undefined): boolean => a.toLowerCase() === b?.toLowerCase();
