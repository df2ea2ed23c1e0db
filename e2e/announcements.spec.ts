import { expect, test } from 'playwright/test';
import { claimFailure } from './faults/claim-failure.ts';
import { type RunningApp, startApp } from './support/app.ts';
import { noteAnnouncements, type Said, saidWithin } from './support/announcements.ts';
import { Stranger, closeStrangers } from './support/stranger.ts';

let app: RunningApp;
test.beforeAll(async () => {
  app = await startApp();
});
test.afterAll(() => app.stop());
test.afterEach(closeStrangers);

const WITHIN_MS = 500;

test('[E92] A05 each change of a call is said in a live region within half a second, and typing never', async () => {
  const ann = await Stranger.open();
  const bob = await ann.neighbour();
  await ann.page.addInitScript(noteAnnouncements);
  await Promise.all([ann, bob].map((stranger) => stranger.signInAsGuest(app.url, 'video')));
  /** What was said of something that somebody did. */
  const expectSaid = async (what: Omit<Said, 'at'>, act: () => Promise<unknown>): Promise<void> => {
    const from = await ann.page.evaluate(() => performance.timeOrigin + performance.now());
    await act();
    expect(await saidWithin(ann.page, what, from), what.text).toBeLessThanOrEqual(WITHIN_MS);
  };
  /** What was said of a state that somebody brought about, which may last for a moment only. */
  const expectSaidOf = async (
    state: string,
    what: Omit<Said, 'at'>,
    act: () => Promise<unknown>,
  ): Promise<void> => {
    const since = await ann.clock();
    await act();
    const came = await ann.page.waitForFunction(
      ([wanted, from]) => window.recording.states.find((one) => one.state === wanted && one.at >= from)?.at,
      [state, since] as const,
    );
    const at = (await came.jsonValue()) ?? NaN;
    const from = at + (await ann.page.evaluate(() => performance.timeOrigin));
    expect(await saidWithin(ann.page, what, from), what.text).toBeLessThanOrEqual(WITHIN_MS);
  };
  const press = ({ page }: Stranger, name: string) => page.getByRole('button', { name, exact: true }).click();

  const connected = { urgent: true, text: 'You are connected' };
  await expectSaidOf('searching', { urgent: false, text: 'Looking for someone' }, () => ann.start.click());
  await expectSaidOf('connected', connected, () => bob.start.click());
  await bob.expectState('connected');
  await expectSaid({ urgent: false, text: 'Microphone off' }, () => press(ann, 'Microphone'));
  await expectSaid({ urgent: false, text: 'Microphone on' }, () => press(ann, 'Microphone'));
  await expectSaid({ urgent: false, text: 'Camera off' }, () => press(ann, 'Camera'));
  await expectSaid({ urgent: false, text: 'Camera on' }, () => press(ann, 'Camera'));
  await expectSaid({ urgent: false, text: 'Stranger is muted' }, () => press(bob, 'Microphone'));
  await expectSaid({ urgent: false, text: 'The stranger’s camera is off' }, () => press(bob, 'Camera'));
  await bob.field.pressSequentially('typed');
  await expect(ann.partnerTypes).toBeVisible();
  await expectSaid({ urgent: false, text: 'typed' }, () => bob.field.press('Enter'));

  await expectSaidOf('reconnecting', { urgent: false, text: 'Reconnecting' }, () => claimFailure(ann.page));
  await expectSaidOf('connected', connected, () => claimFailure(ann.page));
  await expectSaidOf('parted', { urgent: true, text: 'The stranger left' }, () => bob.stop.click());
  const all = await ann.page.evaluate(() => window.said.map(({ text }) => text));
  expect(all.filter((text) => /typing/i.test(text))).toEqual([]);
});
