import type { Request, RequestHandler, Response } from 'restify';
import { baseOf } from './place.ts';
import restify from './restify.ts';

/** How many activities a minute are heard; all of them may come at once, as the votes on a card do. */
export type Limits = Readonly<{ person: number; conversation: number }>;

/** `tell`: too many, and nobody has said so for a minute. `quiet`: too many. */
export type Admission = 'heard' | 'tell' | 'quiet';

/** Buckets of people, or of conversations, that are kept; the one unused for longest is forgotten first. */
const maxKeys = 10_000;

/**
 * Counts what is heard of each person and in each conversation (token buckets of restify's `throttle`, which
 * counts by `username`). To be asked behind the authentication: before it, anybody could use up another's
 * share. What is too much of one person isn't counted against the conversation. The counts are of this
 * process; several instances each have their own.
 */
export function rateLimits({ person, conversation }: Limits) {
  const ofPerson = bucket(person);
  const ofConversation = bucket(conversation);
  const told = bucket(1);
  return (
    request: Request,
    response: Response,
    from: Readonly<{ id: string; aadObjectId?: string | undefined }>,
    where: string,
  ): Admission => {
    const who = `person ${(from.aadObjectId ?? from.id).toLowerCase()}`;
    const place = `conversation ${baseOf(where)}`;
    const takes = (limit: RequestHandler, key: string): boolean => hasRoom(limit, key, request, response);
    const full = !takes(ofPerson, who) ? who : !takes(ofConversation, place) ? place : undefined;
    if (full === undefined) return 'heard';
    return takes(told, full) ? 'tell' : 'quiet';
  };
}

const bucket = (aMinute: number): RequestHandler =>
  restify.plugins.throttle({ burst: aMinute, rate: aMinute / 60, username: true, maxKeys });

/** The plugin answers before it returns. */
function hasRoom(limit: RequestHandler, key: string, request: Request, response: Response): boolean {
  let free = true;
  request.username = key;
  limit(request, response, (refusal?: unknown) => {
    free = refusal === undefined;
  });
  return free;
}
