import type { UnclearKey } from './cards/index.ts';
import type { Answer } from '../../application/conversation.ts';
import type { Refusal } from '../../domain/happenings.ts';
import type { RotationId } from '../../domain/ids.ts';

/** What happened, what is true now, what to do next. */
export type Sentence = Readonly<{ title: string; says: string; remedy: string }>;

export const inWords = ({ title, says, remedy }: Sentence): string =>
  [/[.?!]$/.test(title) ? title : `${title}.`, says, remedy].filter((part) => part !== '').join(' ');

const sentence = (title: string, says: string, remedy: string): Sentence => ({ title, says, remedy });

/** A refusal without a sentence doesn't compile. */
export const refusals: Readonly<Record<Refusal, Sentence>> = {
  staleCard: sentence(
    'That button belongs to an earlier stage',
    'The rotation has moved on, and your click changed nothing.',
    'Look at the card as it is now and decide there.',
  ),
  planChanged: sentence(
    'What you decided on has changed',
    'Your decision was not counted, because the card you saw is no longer true.',
    'Read the card as it is now and decide again.',
  ),
  notExpected: sentence(
    'That can’t be done at this stage',
    'Nothing was changed.',
    'The card shows what can be done now.',
  ),
  ownRequest: sentence(
    'You asked for this yourself, so your decision doesn’t count',
    'The votes are as they were.',
    'Somebody else whom the policy names has to decide; the card says who.',
  ),
  notAnApprover: sentence(
    'The policy doesn’t name you as an approver here',
    'The votes are as they were.',
    'The card says who may decide.',
  ),
  alreadyVoted: sentence(
    'You have approved this already',
    'Your vote stands and counts once.',
    'The card says how many others are needed.',
  ),
  votedElsewhere: sentence(
    'You approved another gate of this rotation',
    'The policy wants other people here, so your vote was not counted.',
    'Somebody else whom the policy names has to decide; the card says who.',
  ),
  ownConsumer: sentence(
    'You own a consumer of this account',
    'The policy leaves its owners out of this decision, so your vote was not counted.',
    'Somebody else whom the policy names has to decide; the card says who.',
  ),
  signInNeeded: sentence(
    'This decision needs a fresh sign-in',
    'Your vote was not counted yet.',
    'Sign in, then press the button again.',
  ),
  notVoted: sentence(
    'You have no vote here to take back',
    'The votes are as they were.',
    'The card shows who has voted.',
  ),
  noReviewOwed: sentence(
    'No review is owed here',
    'Nothing was changed.',
    'A review is owed only after an emergency, and given once.',
  ),
  notAnOwner: sentence(
    'Only an owner of that consumer, or a deputy, can say this',
    'Nothing was changed.',
    'Ask its owner to press the button; the card names them.',
  ),
  notInvolved: sentence(
    'Only whoever asked for this rotation and its approvers decide how it goes on',
    'Nothing was changed.',
    'Ask one of them; the card says who they are.',
  ),
  blocked: sentence(
    'This can’t be approved yet',
    'A consumer might still hold the key that would die, so your approval was not counted.',
    'The card lists what has to be settled or waived first.',
  ),
  unknownConsumer: sentence(
    'This rotation has no consumer of that name',
    'Nothing was changed.',
    'The card lists the consumers that are registered for it.',
  ),
  unknownWaiver: sentence(
    'There is no such waiver waiting for a decision',
    'Nothing was changed: it was decided already, or never asked for.',
    'The card shows the waivers there are.',
  ),
  alreadyWaived: sentence(
    'That waiver was asked for already',
    'Nothing was changed.',
    'Decide on the waiver’s own card.',
  ),
  tooFewVoters: sentence(
    'Asked by you, this waiver could never be granted',
    'Nothing was changed: whoever asks can’t approve, and too few others may.',
    'Let whoever asked for the rotation, or an owner of the consumer, ask for it.',
  ),
  reasonMissing: sentence(
    'A reason is missing',
    'Nothing was written down: a decision like this goes on record with its reason.',
    'Say why in a sentence and send it again.',
  ),
  notSafeNow: sentence(
    'That isn’t safe in this state',
    'Nothing was changed, so that nobody is left with a key that doesn’t work.',
    'The card shows what is safe now, and why this isn’t.',
  ),
  alreadyOver: sentence(
    'This rotation is over',
    'Nothing was changed.',
    'To rotate the account again, say: rotate <account> <reason>, or rotate <account> encryption <reason>.',
  ),
};

/** Why what was put into the inputs of a choice can't be understood. */
export const unclearKeys: Readonly<Record<Exclude<UnclearKey, 'option'>, Sentence>> = {
  nothing: sentence('Which key?', 'Nothing was written down.', 'Choose one, or give the identifier of one.'),
  newName: sentence(
    'A new key needs a name that Key Vault takes',
    'Nothing was written down.',
    'Give it 1 to 127 letters, digits and hyphens, such as contoso-chat-key.',
  ),
  vault: sentence(
    'In which vault?',
    'Nothing was written down.',
    'Choose one of the vaults that the card offers.',
  ),
  identifier: sentence(
    'That isn’t the identifier of a key',
    'Nothing was written down.',
    'Copy it from the key’s page in the Azure portal: https://<vault>/keys/<name>/<version>.',
  ),
};

/** The sentence of an answer that isn't plain success. */
export function sentenceOf(answer: Exclude<Answer, { answer: 'done' | 'started' }>): Sentence {
  switch (answer.answer) {
    case 'refused':
      return refusals[answer.refusal];
    case 'alreadyRunning':
      return sentence(
        `${answer.rotation} is rotating that account already`,
        'No second rotation was begun: one at a time keeps a key alive.',
        `See it with: status ${answer.rotation}`,
      );
    case 'noSuchRotation':
      return sentence(
        'There is no rotation with that id',
        'Nothing was changed.',
        'Say: status, to see the rotations there are.',
      );
    case 'reasonMissing':
      return refusals.reasonMissing;
    case 'cannot':
      return { title: 'That can’t be done', says: answer.says, remedy: answer.remedy };
  }
}

/** What is told of success where no card tells it. */
export const successes = {
  done: (rotation: RotationId): string => `Done. The card of ${rotation} shows it.`,
  startedHere: (rotation: RotationId, account: string): string =>
    `${rotation} has begun: I check ${account} now. Its card is a new post in this channel, and shows how far it is.`,
  startedAtHome: (rotation: RotationId): string =>
    `${rotation} has begun. Its card is in the home channel, where its approvers see it; here you can say: status ${rotation}.`,
};

/** Refusals that the chat side meets by itself, before or after anything is written down. */
export const chatRefusals = {
  signInNotSetUp: sentence(
    'This decision needs a fresh sign-in, and nobody can sign in here',
    'The policy asks for one at this gate, and this bot has no sign-in connection; your vote was not counted.',
    'Tell whoever runs Keysmith: KEYSMITH_SIGN_IN_CONNECTION names the connection.',
  ),
  signInElsewhere: sentence(
    'This decision needs a fresh sign-in, which this client can’t ask for',
    'Your vote was not counted.',
    'Press the button in an up-to-date Teams, on the desktop or on the web.',
  ),
  signInUnreachable: sentence(
    'I can’t reach the sign-in service right now',
    'This decision needs a fresh sign-in; your vote was not counted.',
    'Press the button again in a moment.',
  ),
  checking: (rotation: RotationId): Sentence =>
    sentence(
      `Your vote on ${rotation} is being checked`,
      'I look up whether you may decide here; it isn’t counted before that.',
      'The card shows it when it counts; if it doesn’t, I tell you why in a direct message.',
    ),
  late: (rotation: RotationId | undefined): Sentence =>
    sentence(
      rotation === undefined ? 'Written down' : `Written down for ${rotation}`,
      'I’m still working on it.',
      'The card will show it.',
    ),
  recordsUnreachable: sentence(
    'I can’t reach my records right now',
    'As far as I can tell, nothing was written down.',
    'Try again in a minute: saying it twice does no harm.',
  ),
  answerLost: sentence(
    'Written down, but I can’t reach my records to see the answer',
    'It will be carried out once, and only once.',
    'Don’t send it again; look with: status.',
  ),
  malformed: sentence(
    'I can’t read what that button sent',
    'Nothing was changed.',
    'Use the buttons of the newest card, or say: status.',
  ),
  unknownPerson: sentence(
    'I can’t tell who you are',
    'Teams didn’t give me your directory id, so nothing was written down.',
    'Try again from a channel that you and I are both members of.',
  ),
  rosterUnreachable: sentence(
    'I can’t look up who you are right now',
    'Teams doesn’t tell me whether you belong to this organization, so nothing was written down.',
    'Try again in a minute.',
  ),
  stranger: sentence(
    'I only work for people of this organization',
    'You are a guest here, or belong to another one, so nothing was written down.',
    'Ask a colleague who isn’t a guest. Whoever runs Keysmith can admit other organizations.',
  ),
  tooMany: sentence(
    'That is more than I can listen to',
    'From here on I leave out what is said and pressed for about a minute; nothing was written down.',
    'Wait a minute, then try again.',
  ),
  broke: sentence(
    'Something went wrong inside Keysmith',
    'I can’t say here whether it was carried out.',
    'Look with: status. If it happens again, tell whoever runs Keysmith.',
  ),
  unknownCommand: (written: string): Sentence =>
    sentence(`I don’t know “${written}”`, 'Nothing was changed.', 'Say rotate, status, cancel or help.'),
  noSuchId: (written: string): Sentence =>
    sentence(
      written === '' ? 'Cancel which rotation?' : `“${written}” is no id of a rotation`,
      'Nothing was changed.',
      'Say: cancel R-7K3FQ2, with the id that stands on the card.',
    ),
  nothingRunning: (written: string): Sentence =>
    sentence(
      `I know no rotation “${written}”`,
      'It is neither the id of a rotation nor an account that one is under way for.',
      'Say: status, to see them all.',
    ),
  tooLong: (what: string, most: number): Sentence =>
    sentence(`The ${what} is too long`, 'Nothing was written down.', `Keep it to ${most} characters.`),
  accountMissing: sentence(
    'Which account?',
    'Nothing was written down.',
    'Choose one or type its name, then send the form again.',
  ),
  cannotReject: sentence(
    'There is nothing to reject at this stage',
    'Nothing was changed.',
    'The card shows what can be decided now.',
  ),
} as const;
