/** The cards of Keysmith: pure functions from the state of a rotation to the JSON of a card. */
export { askWaiverCard } from './apiKeys/askWaiver.ts';
export { consumerCard } from './apiKeys/consumerCard.ts';
export { waiverCard } from './apiKeys/waiverCard.ts';
export { askRejectCard } from './askReject.ts';
export type { UnclearKey } from './encryptionKey/keyChoice.ts';
export { formDoneCard } from './formDone.ts';
export { gateCard } from './gateCard.ts';
export { clickedGate } from './gateStages.ts';
export { livingCard, statusOf } from './living.ts';
export { plain } from './plain.ts';
export { askRotateCard, helpCard, refusalCard, replacedCard, welcomeCard } from './plainCards.ts';
export { askReviewCard, reviewCard } from './reviewCard.ts';
export { statusCard } from './statusCard.ts';
export { parseCardData, type ButtonData, type CardClick, type Verb } from './verbs.ts';
export type { ApiKeysView, Card, CardOptions, CardView, EncryptionView } from './view.ts';
