import { z } from 'zod';

const account = z.looseObject({ id: z.string() });

/** What the bot sends through the connector: only what is looked at, the rest goes through untouched. */
export const sentActivity = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  textFormat: z.string().optional(),
  attachments: z.array(z.looseObject({ contentType: z.string(), content: z.unknown() })).optional(),
  attachmentLayout: z.string().optional(),
  entities: z.array(z.looseObject({ type: z.string(), mentioned: account.optional() })).optional(),
  suggestedActions: z.unknown().optional(),
});
export type SentActivity = z.infer<typeof sentActivity>;

/** The body of `POST /v3/conversations`. */
export const newConversation = z.looseObject({
  isGroup: z.boolean().optional(),
  members: z.array(account).optional(),
  channelData: z.looseObject({ channel: account.optional() }).optional(),
  activity: z.unknown().optional(),
});

export const created = z.object({ id: z.string(), activityId: z.string().optional() });

/** What the Playground posts to the bot. */
export const receivedActivity = z.looseObject({
  type: z.string(),
  id: z.string().optional(),
  text: z.string().optional(),
  from: account,
  conversation: account,
  membersAdded: z.array(account).optional(),
});
/** A button of the page's "Make Azure fail". */
export const troubleAsked = z.object({ trouble: z.string() });

/** A press of "I have switched", whatever else is in it. */
export const confirmation = z.looseObject({
  type: z.literal('invoke'),
  value: z.looseObject({
    action: z.looseObject({
      data: z.looseObject({
        verb: z.literal('confirm'),
        consumer: z.string(),
        to: z.enum(['Key1', 'Key2']),
      }),
    }),
  }),
});

export type ReceivedActivity = z.infer<typeof receivedActivity>;

/** What a page posts when its person writes. */
export const draft = z.looseObject({
  text: z.string().optional(),
  textFormat: z.string().optional(),
  mentions: z.array(z.looseObject({ mentioned: account, text: z.string() })).optional(),
  attachments: z.array(z.looseObject({ contentType: z.string(), content: z.unknown() })).optional(),
});
export type Draft = z.infer<typeof draft>;

/** What the Playground answers to that. */
export const posted = z.object({
  messageId: z.string(),
  timestamp: z.number(),
  postConversationId: z.string().optional(),
});

/** What a page posts for a button: `from` says who pressed it. */
export const press = z.looseObject({ from: account });

export const roster = z.array(account);
export const pagedRoster = z.looseObject({ members: roster, totalCount: z.number().optional() });

const place = z.looseObject({ members: z.array(z.string()) });

/** The Playground's answer to a page that asks for its configuration. */
export const configuration = z.looseObject({
  config: z.looseObject({
    users: roster,
    personalChat: account,
    groupChats: z.array(place),
    teams: z.array(place),
  }),
});
