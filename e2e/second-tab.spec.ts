import { expect, test } from 'playwright/test';
import { type RunningApp, startApp } from './support/app.ts';
import { Stranger, closeStrangers } from './support/stranger.ts';

let app: RunningApp;
test.beforeAll(async () => {
  app = await startApp();
});
test.afterAll(() => app.stop());
test.afterEach(closeStrangers);

/** Of how many the server knows that they wait or talk in text. */
async function inText(): Promise<number | undefined> {
  const response = await fetch(`${app.url}/api/online`);
  return ((await response.json()) as { text?: number }).text;
}

test('[E93] R09 the same account in a second tab: one of the two says so, and one alone is in the queue', async () => {
  const ann = await Stranger.open();
  await ann.signInAsGuest(app.url, 'text');
  await ann.start.click();
  await ann.expectState('searching');
  // A duplicated tab has the guest pass of the first.
  const [second] = await Promise.all([
    ann.page.context().waitForEvent('page'),
    ann.page.evaluate(() => void window.open(location.href)),
  ]);
  const start = second.getByRole('button', { name: 'Start', exact: true });
  await start.click();
  const elsewhere = { name: 'Open in another tab or device' };
  await expect(second.getByRole('heading', elsewhere)).toBeVisible();
  await ann.expectState('searching');
  expect(await inText()).toBe(1);

  await second.getByRole('button', { name: 'Use here' }).click();
  await expect(second.locator('main')).toHaveAttribute('data-state', 'searching');
  await ann.expectState('failed');
  await expect(ann.page.getByRole('heading', elsewhere)).toBeVisible();
  expect(await inText()).toBe(1);
});
