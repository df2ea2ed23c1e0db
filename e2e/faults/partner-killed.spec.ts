import { expect, test } from 'playwright/test';
import { startApp } from '../support/app.ts';
import { closeOpened, opens } from '../support/opened.ts';
import { Pair } from '../support/pair.ts';
import { Stranger, closeStrangers } from '../support/stranger.ts';

test.afterEach(async () => {
  await closeStrangers();
  await closeOpened();
});

/** 2 s of nothing, looked for once a second. */
const VEIL_WITHIN_MS = 4_000;
const SAID_WITHIN_MS = 15_000;
/** 4 s until the silence is noticed, looked for once a second, and 15 s of waiting. */
const OVER_WITHIN_MS = 21_000;

test("[E40] R02 the partner's browser is killed: that is said, and the call ends as lost", async () => {
  const app = opens(await startApp(), (one) => one.stop());
  const [ann, bob] = await Promise.all([Stranger.open(), Stranger.open()]);
  await Pair.meet(ann, app.url, bob, app.url);
  const killedAt = await ann.clock();
  await bob.kill();
  await ann.page.getByText('Weak connection').first().waitFor();
  expect((await ann.clock()) - killedAt).toBeLessThanOrEqual(VEIL_WITHIN_MS);
  await expect(
    ann.page.getByText("The stranger's connection to the service is interrupted.").first(),
  ).toBeVisible({ timeout: SAID_WITHIN_MS });
  await ann.expectState('reconnecting', SAID_WITHIN_MS);
  await expect(ann.page.getByText("Waiting for the stranger's connection").first()).toBeVisible();
  await ann.expectState('parted', OVER_WITHIN_MS);
  expect((await ann.cameTo('parted')) - killedAt).toBeLessThanOrEqual(OVER_WITHIN_MS);
  await expect(ann.page.getByText('The connection to the stranger was lost').first()).toBeVisible();
  await expect(ann.log).toContainText('The connection to the stranger was lost');
  expect(ann.uncaught).toEqual([]);
});
