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
