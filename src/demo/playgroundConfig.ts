import type { DemoPerson } from './people.ts';
import { bot, channelConversationId, groupChat, nobody, team } from './team.ts';

const user = (person: Pick<DemoPerson, 'id' | 'objectId' | 'name'>, upn: string) => ({
  id: person.id,
  name: person.name,
  // spelt like this in the Playground's schema
  userPrincipleName: upn,
  aadObjectId: person.objectId,
  givenName: person.name,
  surname: '',
  email: upn,
});

/**
 * The text of a `.m365agentsplayground.yml` (schema version 0.1.1). The schema is strict: exactly five
 * users, one team, one channel besides General, and not one property more.
 */
export function playgroundConfig(
  people: readonly DemoPerson[],
  channelName: string,
  tenantId: string,
): string {
  // JSON is YAML
  return JSON.stringify({
    version: '0.1.1',
    tenantId,
    bot,
    currentUser: user(nobody, 'nobody@contoso.com'),
    users: people.map((person) => user(person, person.upn)),
    personalChat: { id: nobody.personalChatId },
    groupChat,
    team: { ...team, channels: [{ id: channelConversationId, name: channelName }] },
  });
}
