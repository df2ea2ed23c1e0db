import { expect, test } from 'playwright/test';
import { type RunningApp, startApp } from './support/app.ts';
import { Stranger, closeStrangers } from './support/stranger.ts';
import { TextClient } from './support/text-client.ts';

let usual: RunningApp;
let open: RunningApp;
test.beforeAll(async () => {
  [usual, open] = await Promise.all([startApp(), startApp({ COUNT_MIN: '1' })]);
});
test.afterAll(() => Promise.all([usual.stop(), open.stop()]));
test.afterEach(closeStrangers);

/** The landing page, as it is once it has heard how many are here. */
async function land({ page }: Stranger, { url }: RunningApp): Promise<void> {
  const answer = page.waitForResponse('**/api/online');
  await page.goto(url);
  await (await answer).finished();
}

test('[E32] the landing page says how many are here, and below COUNT_MIN nothing', async () => {
  const ann = await Stranger.open();
  const count = ann.page.getByText(/here now/);
  await TextClient.start(open.url, '2010');
  await land(ann, open);
  await expect(count).toHaveText('1 person here now');
  await expect(ann.page.getByRole('link', { name: /^text.*1 here/i })).toBeVisible();

  for (let people = 1; people <= 4; people += 1) await TextClient.start(usual.url, '2010');
  await land(ann, usual);
  await expect(count).not.toBeAttached();
  await expect(ann.page.getByRole('link', { name: /here/ })).toHaveCount(0);
  await TextClient.start(usual.url, '2010');
  await land(ann, usual);
  await expect(count).toHaveText('5 people here now');
});

test('[E111] who has their data deleted, by two presses, comes to the landing page as somebody who was never here', async () => {
  const ann = await Stranger.open({ recorded: false });
  const { page } = ann;
  const online = async () =>
    ((await (await fetch(`${usual.url}/api/online`)).json()) as { online: number }).online;
  const before = await online();
  await ann.signInAsGuest(usual.url, 'text');
  await page.context().addCookies([{ name: 'passerby-theme', value: 'light', url: usual.url }]);
  await page.locator('#interests').fill('chess, ');
  await ann.start.click();
  await ann.expectState('searching');
  expect(await online()).toBe(before + 1);
  await ann.openSettings();
  const kept = () => page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]);
  expect((await kept()).some((name) => name.startsWith('passerby.'))).toBe(true);

  const settings = page.getByRole('dialog', { name: 'Settings' });
  await settings.getByRole('button', { name: 'Delete my data' }).click();
  await settings.getByRole('button', { name: 'Keep it' }).click();
  await settings.getByRole('button', { name: 'Delete my data' }).click();
  await settings.getByRole('button', { name: 'Yes, delete it' }).click();
  await page.waitForURL(`${usual.url}/`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  // The one that a stranger of these tests brings to every page.
  expect((await kept()).filter((name) => name.startsWith('passerby.'))).toEqual(['passerby.confirm-skip']);
  expect(await page.context().cookies()).toEqual([]);
  await expect.poll(online).toBe(before);
  await page.goto(`${usual.url}/chat`);
  await expect(page.getByRole('button', { name: /18 or older/ })).toBeVisible();
});
