import { expect, test } from 'playwright/test';
import { type RunningApp, startApp } from './support/app.ts';
import { FirefoxStranger } from './support/firefox-stranger.ts';
import { Stranger, closeStrangers } from './support/stranger.ts';
import { claimFailure } from './faults/claim-failure.ts';

const unavailable = FirefoxStranger.unavailable();
test.skip(unavailable !== undefined, unavailable);

let app: RunningApp;
/** The browser of both. */
let firefox: FirefoxStranger;
let fox: FirefoxStranger;
test.beforeAll(async () => {
  [app, firefox] = await Promise.all([startApp(), FirefoxStranger.open()]);
});
test.afterAll(() => Promise.all([app.stop(), firefox.close()]));
test.beforeEach(async () => {
  fox = await firefox.neighbour();
});
test.afterEach(async () => {
  await fox.close();
  await closeStrangers();
});

/** How the side names itself to ICE; another name is a restart. */
const iceName = () =>
  /^a=ice-ufrag:(.+)$/m.exec(window.recording.connections.at(-1)?.localDescription?.sdp ?? '')?.[1];

// Who comes second makes the first offer.
for (const second of ['chromium', 'firefox'] as const) {
  test(`[E75] two engines, ${second} offers: pictures, sound, texts, camera off and on, an ICE restart by either, Next`, async () => {
    test.setTimeout(300_000);
    const ann = await Stranger.open({ colour: 'red' });
    const sides = second === 'chromium' ? ([fox, ann] as const) : ([ann, fox] as const);
    for (const side of sides) {
      await side.signInAsGuest(app.url);
      if (side === fox) await fox.press('button', 'Start');
      else await ann.start.click();
      if (side === sides[0]) await side.expectState('searching');
    }
    await Promise.all([ann.expectState('connected'), fox.expectState('connected')]);

    const moves = async (): Promise<void> => {
      const frames = await ann.framesPresented();
      await Promise.all([
        fox.expectMoves(15),
        expect.poll(() => ann.framesPresented(), { timeout: 60_000 }).toBeGreaterThan(frames + 15),
      ]);
    };
    await moves();
    await expect.poll(() => fox.audioPackets()).toBeGreaterThan(10);
    await expect.poll(() => ann.audioPackets()).toBeGreaterThan(10);

    await ann.say('hello, fox');
    await fox.expectText('partner', 'hello, fox');
    await fox.say('hello, chrome');
    await expect(ann.lines('partner')).toHaveText(/hello, chrome/);

    await fox.press('button', 'Camera');
    await expect(ann.page.getByText('Camera off', { exact: true })).toBeVisible();
    await fox.press('button', 'Camera');
    await moves();
    await ann.page.getByRole('button', { name: 'Camera' }).click();
    await fox.page.waitForSelector('::-p-text(Camera off)');
    await ann.page.getByRole('button', { name: 'Camera' }).click();
    await moves();

    for (const restarting of [ann.page, fox.page]) {
      const before = await ann.page.evaluate(iceName);
      await claimFailure(restarting);
      await expect.poll(() => ann.page.evaluate(iceName)).not.toBe(before);
      await moves();
    }
    expect(await ann.openConnections()).toBe(1);

    await ann.pressNext();
    await fox.expectState('parted');
    await ann.expectState('searching');
    expect([ann.uncaught, fox.uncaught]).toEqual([[], []]);
  });
}
