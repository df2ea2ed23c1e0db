import { expect, test } from 'playwright/test';
import { type RunningApp, startApp } from './support/app.ts';
import { Stranger, closeStrangers } from './support/stranger.ts';

let app: RunningApp;
test.beforeAll(async () => {
  app = await startApp({ REMATCH_AFTER_MS: '0' });
});
test.afterAll(() => app.stop());
test.afterEach(closeStrangers);

declare global {
  interface Window {
    /** By which speaker each sound of the page was played. */
    heard: string[];
  }
}

/** Runs in the page before anything else. */
function noteSounds(): void {
  window.heard = [];
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    if (this instanceof HTMLAudioElement) window.heard.push(this.sinkId);
    return play.call(this);
  };
}

test('[U83] [U100] the partner and cues are heard by the chosen speaker, and by another once that is chosen; no cue where sounds are off', async () => {
  const [ann, bob] = await Promise.all([Stranger.open({ cameras: 1 }), Stranger.open({ colour: 'blue' })]);
  const { page } = ann;
  await page.addInitScript(noteSounds);
  await Promise.all([ann.signInAsGuest(app.url), bob.signInAsGuest(app.url)]);
  const expectHeard = async (...speakers: string[]): Promise<void> => {
    await expect.poll(() => page.evaluate(() => window.heard)).toEqual(speakers);
  };
  const partner = page.getByTestId('remote-video');
  const settings = page.getByRole('dialog', { name: 'Settings' });
  const speaker = settings.getByRole('combobox', { name: 'Speaker' });

  await ann.start.click();
  await ann.expectState('searching');
  await ann.openSettings();
  const [, chosen, other] = await speaker
    .locator('option')
    .evaluateAll((options) => options.map((option) => (option as HTMLOptionElement).value));
  if (!chosen || !other) throw new Error('there are too few speakers');
  await speaker.selectOption(chosen);
  await page.keyboard.press('Escape');
  await bob.start.click();
  await ann.expectState('connected');
  await expectHeard(chosen);
  await expect(partner).toHaveJSProperty('sinkId', chosen);

  await ann.openSettings();
  await speaker.selectOption(other);
  await expect(partner).toHaveJSProperty('sinkId', other);
  await page.keyboard.press('Escape');
  await bob.stop.click();
  await ann.expectState('parted');
  await expectHeard(chosen, other);

  for (const on of [false, true]) {
    await ann.openSettings();
    await settings.getByLabel('Sounds', { exact: true }).setChecked(on);
    await page.keyboard.press('Escape');
    await ann.next.click();
    await bob.start.click();
    await ann.expectState('connected');
    await bob.stop.click();
    await ann.expectState('parted');
  }
  // Of the first of the two matches neither the beginning nor the end.
  await expectHeard(chosen, other, other, other);
});
