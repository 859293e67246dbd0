/** The cards of Keysmith: pure functions from the state of a rotation to the JSON of a card. */
export { askRejectCard, askWaiverCard, formDoneCard } from './askCards.ts';
export { consumerCard } from './consumerCard.ts';
export { livingCard, statusOf } from './living.ts';
export { askRotateCard, helpCard, refusalCard, replacedCard, welcomeCard } from './plainCards.ts';
export { plain } from './plain.ts';
export { statusCard } from './statusCard.ts';
export { parseCardData, type ButtonData, type CardClick, type Verb } from './verbs.ts';
export type { Card, CardOptions, CardView } from './view.ts';
export { waiverCard } from './waiverCard.ts';
