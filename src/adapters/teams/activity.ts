import { z } from 'zod';

/**
 * Ids go into the paths and headers of requests to Teams, which hold printable ASCII only; a path would read
 * `.` and `..` as something else.
 */
const id = z
  .string()
  .max(1000)
  .regex(/^(?!\.{1,2}$)[\x20-\x7e]+$/);
const account = z.looseObject({ id, name: z.string().max(1000).optional() });

const common = {
  channelId: z.literal('msteams'),
  serviceUrl: z.url().max(1000),
  from: account.extend({ aadObjectId: id.optional(), role: z.string().max(100).optional() }),
  recipient: account,
  conversation: z.looseObject({
    id,
    conversationType: z.string().max(100).optional(),
    tenantId: id.optional(),
  }),
  channelData: z
    .looseObject({
      tenant: z.looseObject({ id }).optional().catch(undefined),
      eventType: z.string().optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
};

/** Of a pressed button: the message that has it. */
const replyToId = id.optional().catch(undefined);

/** A message, or a pressed Action.Submit: then `value` holds its data. */
const message = z.looseObject({
  ...common,
  type: z.literal('message'),
  id,
  text: z.string().nullish(),
  value: z.unknown().optional(),
  replyToId,
  entities: z.array(z.unknown()).nullish(),
});

const invoke = z.looseObject({
  ...common,
  type: z.literal('invoke'),
  id,
  name: z.string().max(200),
  value: z.unknown().optional(),
  replyToId,
});

/** Anything else that Teams tells: installs, edits, reactions. Most of it starts nothing. */
const event = z.looseObject({
  ...common,
  type: z.string().min(1).max(100),
  membersAdded: z.array(account).optional().catch(undefined),
});

/**
 * What arrives at the messaging endpoint, as far as it is looked at. Another channel than Teams is refused:
 * the SDK treats tokens of some channels by rules of their own, and the channel is the sender's word.
 */
export const incoming = z.union([
  message,
  invoke,
  event.refine(({ type }) => !['message', 'invoke'].includes(type)),
]);

export type Incoming = z.infer<typeof incoming>;
export type IncomingMessage = z.infer<typeof message>;
export type IncomingInvoke = z.infer<typeof invoke>;
export type IncomingEvent = z.infer<typeof event>;

export const isMessage = (activity: Incoming): activity is IncomingMessage => activity.type === 'message';
export const isInvoke = (activity: Incoming): activity is IncomingInvoke => activity.type === 'invoke';

/** `Action.Execute` as it is invoked; its data is judged by whoever knows the cards. */
export const execute = z.looseObject({
  action: z.looseObject({ type: z.literal('Action.Execute'), data: z.unknown().optional() }),
  /** After single sign-on: the token that the client got for the bot. */
  authentication: z
    .looseObject({ connectionName: z.string().min(1).max(200), token: z.string().min(1).max(16_384) })
    .optional()
    .catch(undefined),
  /** After a sign-in on the connection's page: the code that its token is fetched with. */
  state: z.string().min(1).max(200).optional().catch(undefined),
});

export type Execute = z.infer<typeof execute>;
