import { z } from 'zod';
import type { Answer, Said } from '../../application/conversation.ts';

/** All that can be said about a rotation; one that is missing here doesn't compile. */
const says = {
  approve: 'approve',
  reject: 'reject',
  withdrawVote: 'withdrawVote',
  declare: 'declare',
  confirm: 'confirm',
  withdraw: 'withdraw',
  askWaiver: 'askWaiver',
  approveWaiver: 'approveWaiver',
  rejectWaiver: 'rejectWaiver',
  chooseKey: 'chooseKey',
  choose: 'choose',
  askAgain: 'askAgain',
  closeOldKeyAlive: 'closeOldKeyAlive',
  retry: 'retry',
  review: 'review',
  rollBack: 'rollBack',
  cancel: 'cancel',
} as const satisfies Readonly<{ [S in Exclude<Said['say'], 'rotate'>]: S }>;

const text = z.string();
const flat = z.union([text, z.number(), z.boolean()]);
const place = z.object({ conversation: text, serviceUrl: text, tenantId: text });

const keyChoice = z.discriminatedUnion('of', [
  z.object({ of: z.literal('newVersion') }),
  z.object({ of: z.literal('newKey'), vault: text, name: text }),
  z.object({ of: z.literal('existing'), key: z.object({ vault: text, name: text, version: text }) }),
]);

const row = z.object({
  by: z.object({ objectId: text, tenantId: text, name: text }),
  said: z.union([
    z
      .object({
        say: z.literal('rotate'),
        account: text,
        procedure: z.enum(['apiKeys', 'encryptionKey']),
        reason: text,
        place,
      })
      .catchall(flat),
    z.object({ say: z.literal('chooseKey'), rotation: text, choice: keyChoice }).catchall(flat),
    z
      .object({ say: z.enum(says).exclude(['chooseKey']), rotation: text })
      .catchall(z.union([flat, z.record(text, flat)])),
  ]),
});

/**
 * Whether a row of the inbox can be heard. Keysmith's own chat side writes no other, but whoever has its
 * database credentials can write any JSON there, and one row that breaks its reader would hold up all others.
 * Whether it makes sense is for the worker to say.
 */
export const isReadable = (written: Readonly<{ by: unknown; said: unknown }>): boolean =>
  row.safeParse(written).success;

/** What is answered to one that can't. */
export const unreadable: Answer = {
  answer: 'cannot',
  says: 'What was written down can’t be read, so nothing was done.',
  remedy: 'Try once more; if it happens again, tell whoever runs Keysmith.',
};
