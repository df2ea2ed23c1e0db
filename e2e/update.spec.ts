import { expect, test } from 'playwright/test';
import { type RunningApp, startApp } from './support/app.ts';
import { Stranger, closeStrangers } from './support/stranger.ts';

let app: RunningApp;
test.beforeAll(async () => {
  app = await startApp();
});
test.afterAll(() => app.stop());
test.afterEach(closeStrangers);

test('[E50] R10 a newer build does not touch a call: it is offered before and after, and comes with Stop', async () => {
  const [ann, bob] = await Promise.all([Stranger.open({ colour: 'red' }), Stranger.open({ colour: 'blue' })]);
  const { page } = ann;
  const offer = page.getByRole('button', { name: 'Update' });
  const loads: string[] = [];
  page.on('load', () => loads.push(page.url()));
  /** What the server says is there; a look at the page asks for it. */
  const publish = async (version: string): Promise<void> => {
    await page.unrouteAll();
    await page.route('**/_app/version.json*', (route) => route.fulfill({ json: { version } }));
    await page.evaluate(() => dispatchEvent(new Event('focus')));
  };
  for (const stranger of [ann, bob]) {
    await stranger.signInAsGuest(app.url);
    await stranger.start.click();
  }
  await Promise.all([ann.expectSees('blue'), bob.expectSees('red')]);
  loads.length = 0;

  await publish('newer');
  await expect(page.getByText('New version ready. It comes when you stop.')).toBeVisible();
  await expect(offer).toHaveCount(0);
  await Promise.all([ann.expectSees('blue'), bob.expectSees('red')]);
  expect(loads).toEqual([]);

  await bob.stop.click();
  await ann.expectState('parted');
  await expect(offer).toBeVisible();
  await page.getByRole('button', { name: 'Pause' }).click();
  expect(loads).toEqual([]);

  await page.unrouteAll();
  await ann.stop.click();
  await expect.poll(() => loads.length).toBe(1);
  await ann.expectState('idle');
  await expect(page.getByText('New version ready')).toHaveCount(0);

  await publish('newest');
  await expect(offer).toBeVisible();
  await page.unrouteAll();
  await offer.click();
  await expect.poll(() => loads.length).toBe(2);
});
