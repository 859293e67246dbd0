import { carryOut, type CarryOut } from './carryOut.ts';
import { catchUp } from './catchUp.ts';
import { deliver, type Deliver } from './deliver.ts';
import { type HearInbox, inboxHearer } from './hearInbox.ts';
import type { Wakers } from './ports/store.ts';

/** What the worker does when it is woken. The chat side has none of it. */
export const wakersOf = (on: HearInbox & CarryOut & Deliver): Wakers => ({
  inbox: inboxHearer(on),
  effect: (key) => carryOut(on, key),
  rotation: (id) => catchUp(on.store, on.pure, on.clock, id),
  outbox: (lane) => deliver(on, lane),
});
