import { expect, test } from 'playwright/test';
import { type RunningApp, startApp } from './support/app.ts';
import { CuttableNetwork } from './support/network.ts';
import { Stranger, closeStrangers } from './support/stranger.ts';

const unavailable = CuttableNetwork.unavailable();
test.skip(unavailable !== undefined, unavailable);

const BACK_WITHIN_MS = 5_000;

let app: RunningApp;
let network: CuttableNetwork;
test.beforeAll(async () => {
  app = await startApp();
  network = CuttableNetwork.create();
});
test.afterAll(async () => {
  await closeStrangers();
  network.remove();
  await app.stop();
});

test('[E13] R04 signaling and media cut for 10 seconds: the same partner, and the picture is back', async () => {
  test.setTimeout(120_000);
  const [ann, bob] = await Promise.all([
    Stranger.open({ colour: 'red' }),
    Stranger.open({ colour: 'blue', ...network.browser(app.port) }),
  ]);
  await ann.signInAsGuest(app.url);
  await ann.start.click();
  await bob.signInAsGuest(network.urlOf(app.port));
  await bob.start.click();
  await Promise.all([ann.expectSees('blue'), bob.expectSees('red')]);
  const matches = app.output().match(/"match ended"/g)?.length ?? 0;

  const clocksBefore = await Promise.all([ann.clock(), bob.clock()]);
  network.cut();
  const cutAt = Date.now();
  const decoded = await ann.framesDecoded();
  await expect
    .poll(() => Date.now() - cutAt, { timeout: 20_000, intervals: [500] })
    .toBeGreaterThanOrEqual(10_000);
  expect(await ann.framesDecoded()).toBeLessThan(decoded + 60);
  // The cut is made of real time: both browsers' own clocks have run through it.
  const clocks = await Promise.all([ann.clock(), bob.clock()]);
  for (const [index, before] of clocksBefore.entries()) {
    expect((clocks[index] ?? 0) - before).toBeGreaterThanOrEqual(9_500);
  }
  const healedAt = await Promise.all([ann.clock(), bob.clock()]);
  network.heal();
  const back = await Promise.all([
    ann.framesWithin(3, healedAt[0], 20_000),
    bob.framesWithin(3, healedAt[1], 20_000),
  ]);
  console.log(`cut for 10 s: picture back after ${back.map(Math.round).join(', ')} ms`);
  expect(Math.max(...back)).toBeLessThanOrEqual(BACK_WITHIN_MS);

  await Promise.all([ann.expectSees('blue', 20_000), bob.expectSees('red', 20_000)]);
  await Promise.all([ann.expectState('connected'), bob.expectState('connected')]);
  expect(app.output().match(/"match ended"/g)?.length ?? 0).toBe(matches);
  for (const stranger of [ann, bob]) {
    expect(await stranger.page.evaluate(() => window.recording.connections.length)).toBe(1);
  }
});
