import type { TurnContext } from 'botbuilder';

/** A member of a conversation as Teams gives it: the object id stands in either of two fields. */
export type Member = Readonly<{
  id: string;
  name?: string;
  objectId?: string;
  aadObjectId?: string;
  tenantId?: string;
  /** `user`, `guest` or `anonymous`. */
  userRole?: string;
}>;

/** The calls of the SDK's connector client that are used here. */
export type Conversations = Readonly<{
  createConversation(parameters: object): Promise<Readonly<{ id?: string }>>;
  sendToConversation(conversation: string, activity: object): Promise<Readonly<{ id?: string }>>;
  updateActivity(conversation: string, activity: string, body: object): Promise<Readonly<{ id?: string }>>;
  getConversationMember(conversation: string, member: string): Promise<Member>;
  getConversationPagedMembers(
    conversation: string,
    options: Readonly<{ pageSize: number; continuationToken?: string }>,
  ): Promise<Readonly<{ members?: readonly Member[]; continuationToken?: string }>>;
}>;

type Request = { abortSignal: AbortSignal };
type Policy = Readonly<{
  name: string;
  sendRequest: (request: Request, next: (request: Request) => Promise<unknown>) => Promise<unknown>;
}>;
export type Pipeline = Readonly<{
  getOrderedPolicies(): readonly Readonly<{ name: string }>[];
  removePolicy(which: Readonly<{ name: string }>): unknown;
  addPolicy(policy: Policy, where: Readonly<{ afterPhase: 'Sign' }>): void;
}>;
/** As far as it is used here; the SDK declares the pipeline protected. */
type Client = Readonly<{ conversations: Conversations; client: Readonly<{ pipeline: Pipeline }> }>;

/** What has become of a client's requests: whether one has left this machine. */
export type Wire = { sent: boolean; closed: boolean };

const ownPolicy = 'keysmithSendOnce';

/** The client's time is over, so its request is not sent any more. */
export class TooLate extends Error {
  override readonly name = 'TooLate';
}

/**
 * Makes a turn's connector client send each request once, within `timeout` ms. By itself the SDK sends up
 * to four times and waits for ever; the options that promise to change that are ignored (4.23.3), so the
 * pipeline is edited. Redirects are not followed: a token would go along. Asked again in the same turn, it
 * begins a new record of what was sent.
 */
export const sendOnce = (context: TurnContext, key: symbol, timeout: number): Wire =>
  guarded(clientOf(context, key).client.pipeline, timeout);

/** The same for the pipeline of any of the SDK's clients. */
export function guarded(pipeline: Pipeline, timeout: number): Wire {
  const wire: Wire = { sent: false, closed: false };
  for (const { name } of pipeline.getOrderedPolicies()) {
    if (name === ownPolicy || /retrypolicy$|^redirectpolicy$/i.test(name)) pipeline.removePolicy({ name });
  }
  pipeline.addPolicy(
    {
      name: ownPolicy,
      sendRequest: (request, next) => {
        if (wire.closed) return Promise.reject(new TooLate('its time was over before it was sent'));
        wire.sent = true;
        // its `timeout` ends with the answer's headers, and would wait for the body for ever
        request.abortSignal = AbortSignal.timeout(timeout);
        return next(request);
      },
    },
    // the last policy: the token is there, so whatever fails before it was not sent
    { afterPhase: 'Sign' },
  );
  return wire;
}

export const conversationsOf = (context: TurnContext, key: symbol): Conversations =>
  clientOf(context, key).conversations;

function clientOf(context: TurnContext, key: symbol): Client {
  const client = context.turnState.get<Client | undefined>(key);
  if (client === undefined) throw new Error('the turn has no connector client');
  return client;
}
