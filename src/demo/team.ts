/** Where the demo's people talk, in the shapes that Teams uses for its ids. */
export const bot = { id: '28:7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e0b01', name: 'Keysmith' } as const;

export const team = {
  /** Also the conversation id of the channel General. */
  id: '19:contoso-platform@thread.tacv2',
  name: 'Contoso Platform',
  aadGroupId: '7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e0c01',
} as const;

/** The conversation id of the channel in which rotations are asked for, as the bot sees it. */
export const channelConversationId = '19:key-rotations@thread.tacv2';

export const groupChat = { id: '19:on-call@thread.v2', name: 'On call' } as const;

/**
 * The Playground wants a `currentUser` besides its five users, and acts as that one. Nobody in the demo
 * is that user: the person switch gives each page its own person and hides this one from the bot.
 */
export const nobody = {
  id: '29:demo-nobody',
  name: 'Nobody',
  objectId: '7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e0a00',
  personalChatId: 'a:demo-nobody',
} as const;
