import type { FrameLocator, Page } from 'playwright-core';

/** How a test works the demo's page: the bar, and one frame a person in which the Playground runs. */

/** Chooses a person in the bar; the frame in which that person acts. */
export async function actAs(page: Page, name: string): Promise<FrameLocator> {
  await page.getByRole('radio', { name }).check();
  return frameOf(page, name);
}

export const frameOf = (page: Page, name: string): FrameLocator =>
  page.frameLocator(`iframe[title="Teams as ${name}"]`);

/** Opens the demo's channel, or the person's chat with the bot, for the person who acts. */
export const openChannel = (page: Page): Promise<void> => page.locator('#channel').click();
export const openDirectMessages = (page: Page): Promise<void> =>
  page.getByRole('button', { name: 'Direct messages' }).click();

/** Writes a new post that mentions the bot, chosen from the list as a person would. */
export async function postToBot(page: Page, frame: FrameLocator, text: string): Promise<void> {
  await frame.getByText('Start a new post').waitFor();
  await frame.getByRole('textbox').first().click();
  await page.keyboard.type('@Key');
  await frame.getByRole('menuitem', { name: 'Keysmith' }).click();
  await page.keyboard.type(` ${text}`);
  await frame.getByRole('button', { name: 'Post' }).click();
}

/** Writes in the person's chat with the bot, which must be open. */
export async function writeDirectly(page: Page, frame: FrameLocator, text: string): Promise<void> {
  await frame.getByRole('textbox').last().click();
  await page.keyboard.type(text);
  await frame.getByRole('button', { name: 'Send Message' }).click();
}

/** The card that holds a text. */
export const cardWith = (frame: FrameLocator, text: string) =>
  frame.locator('.ac-adaptiveCard').filter({ hasText: text });

/** Presses a card's button by its title. */
export const press = (frame: FrameLocator, text: string, title: string): Promise<void> =>
  cardWith(frame, text).getByRole('button', { name: title, exact: true }).click();
