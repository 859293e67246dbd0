import type { FrameLocator, Locator, Page } from 'playwright-core';
import { actAs, cardWith, openChannel, postToBot } from './playgroundPage.ts';

export const moveStages = [
  'choice',
  'unfit',
  'approval',
  'wrapping',
  'settling',
  'finished',
  'alarm',
] as const;
export type MoveStage = (typeof moveStages)[number];

/** The card of the newest move to another encryption key, as the person who acts sees it. */
export const moveCard = (frame: FrameLocator): Locator => cardWith(frame, 'Encryption key rotation').first();

async function shows(frame: FrameLocator, text: string): Promise<Locator> {
  const card = moveCard(frame).filter({ hasText: text });
  await card.waitFor({ timeout: 30_000 }).catch(async () => {
    const instead = await moveCard(frame).innerText({ timeout: 1000 });
    throw new Error(`no card says ${text}, only:\n${instead}`);
  });
  return card;
}

async function choose(frame: FrameLocator, key: RegExp): Promise<void> {
  const card = moveCard(frame);
  await card.getByRole('combobox').first().click();
  await frame.getByRole('option', { name: key }).click();
  await card.getByRole('button', { name: /^Check (this )?key$/ }).click();
}

async function approve(page: Page, name: string): Promise<FrameLocator> {
  const frame = await actAs(page, name);
  await openChannel(page);
  await moveCard(frame).getByRole('button', { name: 'Approve', exact: true }).click();
  return frame;
}

/**
 * Moves contoso-chat to a new version of its key, as the demo suggests: asks as Ada, chooses one that is no use
 * and then a new version, approves as Bo and Chen, stays; then the version from before is disabled in the panel of
 * the simulated Azure, and enabled again. `see` is given the card of each stage as soon as it stands there.
 */
export async function moveThrough(
  page: Page,
  see: (stage: MoveStage, card: Locator) => Promise<void>,
): Promise<void> {
  const ada = await actAs(page, 'Ada');
  await openChannel(page);
  await postToBot(page, ada, 'rotate contoso-chat encryption yearly');
  await see('choice', await shows(ada, 'Which key shall it use?'));
  await choose(ada, /^curve/);
  await see('unfit', await shows(ada, 'Can’t be used: curve'));
  // by then the card has been drawn for the last time, and keeps what is chosen
  await ada.getByText(/curve, version a1a1a1a1… can't be used/).waitFor();
  await choose(ada, /^A new version of chat-cmk/);
  await shows(ada, 'You asked for this, so your approval doesn’t count');
  const bo = await actAs(page, 'Bo');
  await openChannel(page);
  await see('approval', await shows(bo, 'Your approval is asked for'));
  await approve(page, 'Bo');
  await shows(bo, '1 of 2');
  const chen = await approve(page, 'Chen');
  await see('wrapping', await shows(chen, 'Azure wraps the data'));
  await see('settling', await shows(chen, 'Verified'));
  await moveCard(chen).getByRole('button', { name: 'Stay' }).click();
  await see('finished', await shows(chen, 'Finished: it uses chat-cmk'));
  await page.getByRole('button', { name: 'Disable the previous key version' }).click();
  await see('alarm', await shows(chen, '1 key version needs somebody now'));
  await page.getByRole('button', { name: 'Enable it again' }).click();
  await shows(chen, 'Finished: it uses chat-cmk');
}
