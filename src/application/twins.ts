import type { Rotation } from '../domain/rotation.ts';
import type { Said } from './conversation.ts';
import type { CardName, Clicked, Tx } from './ports/store.ts';

/**
 * A card of which nobody heard that it had arrived (a crash right after the POST, a lost answer) is sent
 * again, so it can stand there twice. Nothing lists a bot's messages: only a click tells of the other one.
 * When no card is known to have been sent, the clicked one is adopted and edited from now on; else it is
 * retired, with a word about its twin. The click itself counts, wherever it was made.
 */
export async function settleTwin(tx: Tx, said: Said, clicked: Clicked): Promise<void> {
  if (said.say === 'rotate') return;
  const rotation = await tx.lockRotation(said.rotation);
  if (rotation === null || rotation.request.place.conversation !== clicked.conversation) return;
  const card = clickedCard(rotation, said);
  if (card === null) return;
  const found = await tx.recogniseCard(rotation.id, card, clicked);
  if (found === 'twin')
    await tx.addOutbox(rotation.id, [{ kind: 'replaced', activityId: clicked.activityId }]);
}

/** The card in the channel that has this button; null for forms, and for the cards of personal chats. */
function clickedCard(rotation: Rotation, said: Exclude<Said, { say: 'rotate' }>): CardName | null {
  switch (said.say) {
    case 'approve':
    case 'withdrawVote':
    case 'choose':
    case 'chooseKey':
    case 'askAgain':
    case 'closeOldKeyAlive':
    case 'retry':
    case 'rollBack':
    case 'cancel':
      return 'living';
    case 'approveWaiver':
    case 'rejectWaiver':
      return rotation.procedure === 'apiKeys' && rotation.waivers.some(({ id }) => id === said.waiver)
        ? `waiver:${said.waiver}`
        : null;
    case 'reject':
    case 'review':
    case 'askWaiver':
    case 'declare':
    case 'confirm':
    case 'withdraw':
      return null;
  }
}
