import { expect, test } from 'playwright/test';
import { type RunningApp, startApp } from './support/app.ts';
import { percentile } from './support/runs.ts';
import { Stranger, closeStrangers } from './support/stranger.ts';

const CLOSED_TABS = 3;

let app: RunningApp;
test.beforeAll(async () => {
  app = await startApp();
});
test.afterAll(() => app.stop());
test.afterEach(closeStrangers);

/** Two who have signed in and pressed Start; they see each other when this resolves. */
async function twoInACall() {
  const [ann, bob] = await Promise.all([Stranger.open({ colour: 'red' }), Stranger.open({ colour: 'blue' })]);
  await ann.signInAsGuest(app.url);
  await ann.start.click();
  await ann.expectState('searching');
  await bob.signInAsGuest(app.url);
  await bob.start.click();
  await Promise.all([ann.expectSees('blue'), bob.expectSees('red')]);
  return { ann, bob };
}

test('[E1] two strangers sign in as guests, press Start and see and hear each other', async () => {
  const { ann, bob } = await twoInACall();
  for (const stranger of [ann, bob]) {
    await stranger.expectState('connected');
    await expect.poll(() => stranger.audioPackets()).toBeGreaterThan(10);
  }
});

test('[E2] M09 Next: both find somebody else, and no frame of the former partner is ever shown', async () => {
  const { ann, bob } = await twoInACall();
  const [cid, dan] = await Promise.all([
    Stranger.open({ colour: 'green' }),
    Stranger.open({ colour: 'yellow' }),
  ]);
  await Promise.all([cid.signInAsGuest(app.url), dan.signInAsGuest(app.url)]);
  const skippedAt = await bob.pressNext();
  await ann.expectState('parted');
  const leftAt = await ann.cameTo('parted');
  await bob.expectState('searching');
  await cid.start.click();
  await bob.expectSees('green');
  await cid.expectSees('blue');
  await ann.expectState('searching');
  await dan.start.click();
  await ann.expectSees('yellow');
  await dan.expectSees('red');
  // Not one frame is nearer to the former partner, or to a blend with them, than to the new one or to black.
  expect(await bob.coloursSince(skippedAt)).toEqual(['green']);
  expect(await ann.coloursSince(leftAt)).toEqual(['yellow']);
});

test('[E3] D02 Stop: the camera is released, the server no longer counts the person, the partner is told in a second', async () => {
  const { ann, bob } = await twoInACall();
  const before = await online();
  const stoppedAt = Date.now();
  await bob.stop.click();
  await ann.expectState('parted', 1_000);
  expect(Date.now() - stoppedAt).toBeLessThan(1_500);
  expect(await online()).toEqual(before - 1);
  expect(await bob.liveTracks()).toBe(0);
  expect(await bob.openConnections()).toBe(0);
  await ann.stop.click();
  await expect.poll(online).toBe(before - 2);
});

test('[E4] R01 a closed tab: the partner is told within half a second', async () => {
  const ann = await Stranger.open();
  await ann.signInAsGuest(app.url);
  await ann.start.click();
  const told: number[] = [];
  for (let tab = 0; tab < CLOSED_TABS; tab++) {
    const bob = await ann.neighbour();
    await bob.signInAsGuest(app.url);
    await bob.start.click();
    await Promise.all([ann.expectState('connected'), bob.expectState('connected')]);
    const before = await ann.clock();
    await bob.page.close({ runBeforeUnload: false });
    await ann.expectState('parted');
    told.push((await ann.cameTo('parted')) - before);
    if (tab < CLOSED_TABS - 1) await ann.next.click();
  }
  console.log(`told of closed tabs after ${told.map(Math.round).join(', ')} ms`);
  expect(percentile(told, 50)).toBeLessThanOrEqual(500);
});

test('[E18] where the browser will not play sound by itself the picture is shown and one tap brings the sound', async () => {
  const [ann, bob] = await Promise.all([Stranger.open({ colour: 'red' }), Stranger.open({ colour: 'blue' })]);
  await ann.page.addInitScript(() => {
    let clickedAt = Number.NEGATIVE_INFINITY;
    addEventListener('click', () => (clickedAt = performance.now()), true);
    const play = HTMLMediaElement.prototype.play;
    HTMLMediaElement.prototype.play = function () {
      const refused = !this.muted && performance.now() - clickedAt > 300;
      return refused ? Promise.reject(new DOMException('no gesture', 'NotAllowedError')) : play.call(this);
    };
  });
  await ann.signInAsGuest(app.url);
  await ann.start.click();
  await ann.expectState('searching');
  await bob.signInAsGuest(app.url);
  await bob.start.click();
  await ann.expectSees('blue');
  const remote = ann.page.getByTestId('remote-video');
  expect(await remote.evaluate((video: HTMLVideoElement) => video.muted)).toBe(true);
  await ann.page.getByRole('button', { name: /tap to hear/i }).click();
  await expect.poll(() => remote.evaluate((video: HTMLVideoElement) => video.muted)).toBe(false);
  await ann.expectSees('blue');
});

test('[E5] after the partner left the next search begins by itself', async () => {
  const { ann, bob } = await twoInACall();
  await bob.stop.click();
  await ann.expectState('parted');
  await ann.expectState('searching', 5_000);
});

/** How many the server counts. */
async function online(): Promise<number> {
  const response = await fetch(`${app.url}/api/online`);
  return ((await response.json()) as { online: number }).online;
}
