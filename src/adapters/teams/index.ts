/** Teams: the server that hears people, and the messenger that tells them. The two need nothing of each other. */
export { createMessenger, type MessengerOptions } from './messenger.ts';
export { startTeamsServer, UnprotectedAddress, type TeamsServerOptions } from './server.ts';
export type { BotApp, BotCredentials } from './credentials.ts';
