import { sql } from 'kysely';
import type { Said } from '../../application/conversation.ts';

/**
 * What was said, without the token of a sign-in. A row that isn't an object has none where one is looked for: who
 * may write into the inbox may write anything, and a scalar would fail the statement.
 */
export const withoutToken = sql<Said>`case when jsonb_typeof(said) = 'object' then said - 'signIn' else said end`;

export const holdsToken = sql<boolean>`jsonb_typeof(said) = 'object' and said ? 'signIn'`;
