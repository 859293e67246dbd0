import type { Place } from '../../domain/request.ts';

const mark = ';messageid=';

/** A channel's conversation without its thread: `19:…@thread.tacv2;messageid=…` names one post and its replies. */
export const baseOf = (conversation: string): string => conversation.split(mark)[0] ?? conversation;

/** Only channels have threads; group chats are `@thread.v2`. Source: Microsoft Learn, "Conversation basics". */
const isChannel = (conversation: string): boolean => /@thread\.(tacv2|skype)$/.test(baseOf(conversation));

/** The conversation to send into: the thread that `thread` (the id of its root post) names, in a channel. */
export const threadOf = (place: Place, thread: string | undefined): string =>
  thread === undefined || !isChannel(place.conversation)
    ? place.conversation
    : `${baseOf(place.conversation)}${mark}${thread}`;
