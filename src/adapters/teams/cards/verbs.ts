/**
 * The contract between a card's buttons and whoever hears them. `Action.Execute` and its fallback
 * `Action.Submit` carry the same data, so both are read the same way. What comes back is a stranger's
 * input: strict, bounded, and it never says who pressed.
 */
import { z } from 'zod';
import { parseKeyChoice, type UnclearKey } from './encryptionKey/keyChoice.ts';
import type { Said } from '../../../application/conversation.ts';
import type { WaiverSubject } from '../../../domain/apiKeys/waivers.ts';
import { digest, parseRotationId, type Digest, type RotationId } from '../../../domain/ids.ts';
import { procedures, type Procedure, type Stage } from '../../../domain/procedures.ts';
import { err, ok, unreachable, type Result } from '../../../domain/result.ts';

/** The longest reason, in characters; the inputs of the cards say the same. */
export const longestReason = 1000;

const rotation = z
  .string()
  .max(16)
  .transform((text, context): RotationId => {
    const parsed = parseRotationId(text);
    if (parsed.ok) return parsed.value;
    context.issues.push({ code: 'custom', message: parsed.error, input: text });
    return z.NEVER;
  });
const stages = [
  ...procedures.apiKeys.map(({ stage }) => stage),
  ...procedures.encryptionKey.map(({ stage }) => stage),
  'rollBack',
  'pinVersion',
] as const satisfies readonly Stage[];
const stage = z.enum(stages);
const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .transform(digest);
const name = z.string().min(1).max(200);
const slot = z.enum(['Key1', 'Key2']);
const waiver = z.int().min(0).max(1_000_000);
const reason = z
  .string()
  .max(longestReason)
  .transform((text) => text.trim());
/** An input that was left alone comes back empty, or not at all. */
const optionalText = (max: number) =>
  z
    .string()
    .max(max)
    .transform((text) => text.trim())
    .optional();

const button = <V extends string, S extends z.ZodRawShape>(verb: V, shape: S) =>
  z.strictObject({ keysmith: z.literal(1), verb: z.literal(verb), ...shape });
const ofRotation = { rotation, stage };

/** A client puts the inputs of a card beside what any of its buttons carries: here also Check again and Cancel. */
const keyInputs = {
  option: optionalText(400),
  newName: optionalText(200),
  vault: optionalText(300),
  identifier: optionalText(400),
};

const cardData = z.discriminatedUnion('verb', [
  button('approve', { ...ofRotation, digest: sha256 }),
  button('reject', { ...ofRotation, digest: sha256, reason: optionalText(longestReason) }),
  button('withdrawVote', ofRotation),
  button('declare', { ...ofRotation, consumer: name, holds: z.enum(['Key1', 'Key2', 'neither']) }),
  button('confirm', { ...ofRotation, consumer: name, to: slot }),
  button('withdraw', { ...ofRotation, consumer: name, to: slot }),
  button('askWaiver', { ...ofRotation, subject: z.string().max(220), reason }),
  button('approveWaiver', { ...ofRotation, waiver }),
  button('rejectWaiver', { ...ofRotation, waiver }),
  button('chooseKey', { ...ofRotation, ...keyInputs }),
  button('choose', { ...ofRotation, choice: z.enum(['stay', 'switchBack', 'pin']) }),
  button('askAgain', ofRotation),
  button('closeOldKeyAlive', ofRotation),
  button('retry', { ...ofRotation, ...keyInputs }),
  button('rollBack', ofRotation),
  button('cancel', { ...ofRotation, ...keyInputs }),
  button('refresh', { ...ofRotation, waiver: waiver.optional() }),
  button('openAskWaiver', ofRotation),
  button('openReject', { ...ofRotation, digest: sha256 }),
  button('openReview', ofRotation),
  button('review', { ...ofRotation, says: reason }),
  button('openRotate', {}),
  button('submitRotate', {
    account: optionalText(260),
    otherAccount: optionalText(260),
    procedure: z.enum(['apiKeys', 'encryptionKey']),
    reason,
    ticket: optionalText(100),
    emergency: z.enum(['true', 'false']).optional(),
  }),
]);

type Typed =
  | 'reason'
  | 'says'
  | 'emergency'
  | 'subject'
  | 'account'
  | 'otherAccount'
  | 'procedure'
  | 'ticket'
  | 'option'
  | 'newName'
  | 'identifier';
type WithoutInputs<Data> = Data extends unknown ? Omit<Data, Typed> : never;

/** What a button carries; the values of the card's inputs are put beside it by the client. */
export type ButtonData = Readonly<WithoutInputs<z.input<typeof cardData>>>;
export type Verb = ButtonData['verb'];

/** What somebody pressed. */
export type CardClick = Readonly<
  | Exclude<Said, { say: 'rotate' }>
  /** Draw the card anew for this person: the waiver's card, or else the living one. */
  | { say: 'refresh'; rotation: RotationId; waiver?: number }
  /** A key was to be chosen, and an input can't be understood. */
  | { say: 'unclearKey'; rotation: RotationId; unclear: Exclude<UnclearKey, 'option'> }
  | { say: 'openAskWaiver'; rotation: RotationId }
  | { say: 'openReject'; rotation: RotationId; stage: Stage; digest: Digest }
  | { say: 'openReview'; rotation: RotationId }
  | { say: 'openRotate' }
  /** `account` is empty when none was given: one of the two inputs has to be filled. */
  | {
      say: 'submitRotate';
      account: string;
      procedure: Procedure;
      reason: string;
      ticket?: string;
      breakGlass?: true;
    }
>;

const ofConsumer = 'consumer:';

/** A waiver's subject as the value of a choice. */
export const subjectValue = (subject: WaiverSubject): string =>
  subject.of === 'traffic' ? 'traffic' : `${ofConsumer}${subject.consumer}`;

function parseSubject(value: string): Result<WaiverSubject, 'malformed'> {
  if (value === 'traffic') return ok({ of: 'traffic' });
  const consumer = value.startsWith(ofConsumer) ? value.slice(ofConsumer.length) : '';
  return consumer === '' ? err('malformed') : ok({ of: 'consumer', consumer });
}

/**
 * Reads the data of a pressed button with the values of the card's inputs in it. Refuses whatever no card
 * of ours can have sent: other names, types, lengths, a stage or a verb that doesn't exist.
 */
export function parseCardData(value: unknown): Result<CardClick, 'malformed'> {
  const parsed = cardData.safeParse(value);
  return parsed.success ? toClick(parsed.data) : err('malformed');
}

function toClick(data: z.output<typeof cardData>): Result<CardClick, 'malformed'> {
  const say = data.verb;
  switch (say) {
    // One by one: TypeScript gives up on unions of more than 25 pairs of `say` and `stage`.
    case 'approve':
      return ok({ say, rotation: data.rotation, stage: data.stage, digest: data.digest });
    case 'openReject':
      return ok({ say, rotation: data.rotation, stage: data.stage, digest: data.digest });
    case 'reject':
      return ok({
        say,
        rotation: data.rotation,
        stage: data.stage,
        digest: data.digest,
        ...filled('reason', data.reason),
      });
    case 'withdrawVote':
      return ok({ say, rotation: data.rotation, stage: data.stage });
    case 'review':
      return ok({ say, rotation: data.rotation, says: data.says });
    case 'declare':
      return ok({ say, rotation: data.rotation, consumer: data.consumer, holds: data.holds });
    case 'confirm':
    case 'withdraw':
      return ok({ say, rotation: data.rotation, consumer: data.consumer, to: data.to });
    case 'askWaiver': {
      const subject = parseSubject(data.subject);
      return subject.ok
        ? ok({ say, rotation: data.rotation, subject: subject.value, reason: data.reason })
        : subject;
    }
    case 'approveWaiver':
    case 'rejectWaiver':
      return ok({ say, rotation: data.rotation, waiver: data.waiver });
    case 'chooseKey': {
      const choice = parseKeyChoice(data);
      if (choice.ok) return ok({ say, rotation: data.rotation, choice: choice.value });
      // no card of ours has such an option
      if (choice.error === 'option') return err('malformed');
      return ok({ say: 'unclearKey', rotation: data.rotation, unclear: choice.error });
    }
    case 'choose':
      return ok({ say, rotation: data.rotation, choice: data.choice });
    case 'retry':
      return ok({ say, rotation: data.rotation, stage: data.stage });
    case 'rollBack':
      return ok({ say, rotation: data.rotation, stage: data.stage });
    case 'cancel':
      return ok({ say, rotation: data.rotation, stage: data.stage });
    case 'askAgain':
    case 'closeOldKeyAlive':
    case 'openAskWaiver':
    case 'openReview':
      return ok({ say, rotation: data.rotation });
    case 'refresh':
      return ok({
        say,
        rotation: data.rotation,
        ...(data.waiver === undefined ? {} : { waiver: data.waiver }),
      });
    case 'openRotate':
      return ok({ say });
    case 'submitRotate':
      return ok({
        say,
        account: (data.otherAccount ?? '') || (data.account ?? ''),
        procedure: data.procedure,
        reason: data.reason,
        ...filled('ticket', data.ticket),
        ...(data.emergency === 'true' ? { breakGlass: true } : {}),
      });
    default:
      return unreachable(data);
  }
}

const filled = <N extends string>(key: N, text: string | undefined): Partial<Record<N, string>> =>
  text === undefined || text === '' ? {} : ({ [key]: text } as Record<N, string>);
