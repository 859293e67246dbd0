import type { FrameLocator, Locator, Page } from 'playwright-core';
import { actAs, cardWith, openChannel, postToBot } from './playgroundPage.ts';

export const demoStages = ['firstGate', 'firstVote', 'progress', 'secondGate', 'choice', 'finished'] as const;
export type DemoStage = (typeof demoStages)[number];

/** The card of the newest rotation, as the person who acts sees it. */
export const livingCard = (frame: FrameLocator): Locator => cardWith(frame, 'API key rotation').first();

async function shows(frame: FrameLocator, text: string | RegExp, timeout = 30_000): Promise<Locator> {
  const card = livingCard(frame).filter({ hasText: text });
  await card.waitFor({ timeout }).catch(async () => {
    const instead = await livingCard(frame).innerText({ timeout: 1000 });
    throw new Error(`no card says ${String(text)}, only:\n${instead}`);
  });
  return card;
}

async function approve(page: Page, name: string): Promise<FrameLocator> {
  const frame = await actAs(page, name);
  await openChannel(page);
  await livingCard(frame).getByRole('button', { name: 'Approve', exact: true }).click();
  return frame;
}

/**
 * Does what the demo tells a newcomer to do, to the end: asks as Ada, approves as Bo and Chen, approves
 * again, stays. `see` is given the card of each stage as soon as it stands there.
 */
export async function walkThrough(
  page: Page,
  see: (stage: DemoStage, card: Locator) => Promise<void>,
): Promise<void> {
  const ada = await actAs(page, 'Ada');
  await postToBot(page, ada, 'rotate contoso-chat yearly rotation');
  await ada.getByText(/R-\w+ has begun/).waitFor();
  await shows(ada, 'You asked for this, so your approval doesn’t count');
  const bo = await actAs(page, 'Bo');
  await openChannel(page);
  await see('firstGate', await shows(bo, 'Your approval is asked for'));
  await approve(page, 'Bo');
  await see('firstVote', await shows(bo, 'You approved at'));
  const chen = await approve(page, 'Chen');
  await see('progress', await shows(chen, 'Moving the consumers to Key 2: 1 of 2 moved'));
  await shows(chen, 'Key 1 dies', 60_000);
  await see('secondGate', await shows(chen, 'Your approval is asked for'));
  await approve(page, 'Bo');
  const again = await approve(page, 'Chen');
  await see('choice', await shows(again, 'Stay on Key 2?'));
  await actAs(page, 'Ada');
  await (await shows(ada, 'Stay on Key 2?')).getByRole('button', { name: 'Stay on Key 2' }).click();
  // the old key is tried in the background; its death comes a little later
  await shows(ada, 'Finished: both keys are new');
  await see('finished', await shows(ada, 'The old key · proved dead'));
}
