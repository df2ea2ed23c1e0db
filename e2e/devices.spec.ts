import { expect, test, type Locator } from 'playwright/test';
import { type RunningApp, startApp } from './support/app.ts';
import { Stranger, closeStrangers } from './support/stranger.ts';
import { expectTogglesShown } from './support/toggles.ts';

let app: RunningApp;
test.beforeAll(async () => {
  app = await startApp();
});
test.afterAll(() => app.stop());
test.afterEach(closeStrangers);

test('[E6] M01 camera refused: a message says so and there is a way on', async () => {
  const ann = await Stranger.open({ camera: 'refused' });
  await ann.signInAsGuest(app.url);
  await ann.start.click();
  const title = 'Your camera and microphone are blocked';
  await expect(ann.page.getByRole('heading', { name: title, exact: true })).toBeVisible();
  expect(await ann.page.evaluate(() => window.recording.alerts)).toBe(0);
  await ann.page.getByRole('button', { name: 'Continue without', exact: true }).click();
  await ann.expectState('searching');
  await expect(notices(ann)).toHaveText([`${title}. Strangers can neither see nor hear you.`]);
  for (const name of ['Microphone', 'Camera']) {
    await expect(ann.page.getByRole('button', { name, exact: true })).toHaveAttribute(
      'aria-pressed',
      'false',
    );
  }
});

test('[E7] M01 no camera: it is said, the call comes about all the same, and the other picture is seen', async () => {
  const [ann, bob] = await Promise.all([
    Stranger.open({ camera: 'missing' }),
    Stranger.open({ colour: 'blue' }),
  ]);
  await Promise.all([ann.signInAsGuest(app.url), bob.signInAsGuest(app.url)]);
  await ann.start.click();
  await ann.expectState('searching');
  await expect(notices(ann)).toHaveText(['No camera found. You go on with sound only.']);
  const camera = ann.page.getByRole('button', { name: 'Camera', exact: true });
  await expect(camera).toHaveAttribute('aria-pressed', 'false');
  await expect(camera).toHaveAccessibleDescription('No camera found');
  const microphone = ann.page.getByRole('button', { name: 'Microphone', exact: true });
  await expect(microphone).toHaveAttribute('aria-pressed', 'true');
  await bob.start.click();
  await ann.expectSees('blue');
  await bob.expectState('connected');
  await expect.poll(() => bob.audioPackets()).toBeGreaterThan(10);
  await expect(bob.page.getByText('Camera off', { exact: true }).first()).toBeVisible();
  await expect(bob.page.getByText('Stranger is muted')).not.toBeAttached();
});

test('[U24] no microphone: it is said, here and there, and its button asks again once there is one', async () => {
  const [ann, bob] = await Promise.all([Stranger.open({ colour: 'red' }), Stranger.open({ colour: 'blue' })]);
  await ann.page.addInitScript(() => {
    const getUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = (constraints) =>
      constraints?.audio && !document.body.dataset['plugged']
        ? Promise.reject(new DOMException('Requested device not found', 'NotFoundError'))
        : getUserMedia(constraints);
  });
  await Promise.all([ann.signInAsGuest(app.url), bob.signInAsGuest(app.url)]);
  await ann.start.click();
  await bob.start.click();
  await bob.expectSees('red');
  await expect(notices(ann)).toHaveText(['No microphone found. Strangers cannot hear you.']);
  await expect(bob.page.getByText('Stranger is muted').first()).toBeAttached();

  const microphone = ann.page.getByRole('button', { name: 'Microphone', exact: true });
  await expect(microphone).toHaveAccessibleDescription('No microphone found');
  await ann.page.evaluate(() => (document.body.dataset['plugged'] = 'yes'));
  await microphone.click();
  await expect(microphone).toHaveAttribute('aria-pressed', 'true');
  await expect(notices(ann)).toHaveCount(0);
  await expect(bob.page.getByText('Stranger is muted')).not.toBeAttached();
  await expect.poll(() => bob.audioPackets()).toBeGreaterThan(10);
});

test('[K34] what a browser sends is capped on both sides', async () => {
  const strangers = await Promise.all([Stranger.open({ colour: 'red' }), Stranger.open({ colour: 'blue' })]);
  await Promise.all(strangers.map((stranger) => stranger.signInAsGuest(app.url)));
  for (const { start } of strangers) await start.click();
  for (const stranger of strangers) {
    await stranger.expectState('connected');
    const sending = () =>
      stranger.page.evaluate(() =>
        window.recording.connections
          .at(-1)
          ?.getSenders()
          .map((sender) => {
            const { encodings, degradationPreference } = sender.getParameters();
            return { most: encodings.map(({ maxBitrate }) => maxBitrate), degradationPreference };
          }),
      );
    await expect
      .poll(sending)
      .toMatchObject([{ most: [32_000] }, { most: [1_500_000], degradationPreference: 'balanced' }]);
  }
});

test('[E8] M07 camera off: its light goes off and the partner sees no picture; on again: the picture is back', async () => {
  const [ann, bob] = await Promise.all([Stranger.open({ colour: 'red' }), Stranger.open({ colour: 'blue' })]);
  await Promise.all([ann.signInAsGuest(app.url), bob.signInAsGuest(app.url)]);
  await ann.start.click();
  await bob.start.click();
  await bob.expectSees('red');
  const camera = ann.page.getByRole('button', { name: /^camera/i });
  const connections = await bob.page.evaluate(() => window.recording.connections.length);
  await camera.click();
  await expect.poll(() => ann.liveTracks('video')).toBe(0);
  await expect.poll(() => bob.seen()).toBeUndefined();
  await expect(bob.page.getByText('Camera off', { exact: true }).first()).toBeVisible();
  const sent = await ann.videoBytesSent();
  await expect.poll(() => bob.audioPackets()).toBeGreaterThan((await bob.audioPackets()) + 50);
  expect(await ann.videoBytesSent()).toBe(sent);
  await camera.click();
  await bob.expectSees('red');
  expect(await bob.page.evaluate(() => window.recording.connections.length)).toBe(connections);
});

test('[E9] muted: the partner is told, and hears again afterwards', async () => {
  const [ann, bob] = await Promise.all([Stranger.open({ colour: 'red' }), Stranger.open({ colour: 'blue' })]);
  await Promise.all([ann.signInAsGuest(app.url), bob.signInAsGuest(app.url)]);
  await ann.start.click();
  await bob.start.click();
  await bob.expectSees('red');
  const microphone = ann.page.getByRole('button', { name: /^microphone/i });
  await microphone.click();
  await expect(bob.page.getByText('Stranger is muted').first()).toBeAttached();
  await microphone.click();
  await expect(bob.page.getByText('Stranger is muted').first()).not.toBeAttached();
});

test('[E9] M08 of 200 toggles at random times all are shown to the partner, in order, and soon', async () => {
  test.setTimeout(120_000);
  const [ann, bob] = await Promise.all([Stranger.open(), Stranger.open()]);
  // By voice: what a machine spends on pictures is not what is measured.
  await Promise.all([ann.signInAsGuest(app.url, 'voice'), bob.signInAsGuest(app.url, 'voice')]);
  await ann.start.click();
  await bob.start.click();
  await bob.expectState('connected');
  await expect.poll(() => bob.audioPackets()).toBeGreaterThan(10);
  await expectTogglesShown(ann.page, bob.page, 200);
});

test('[E10] the preview shows my picture before anything is sent', async () => {
  const ann = await Stranger.open();
  const requests: string[] = [];
  ann.page.on('websocket', (socket) => requests.push(socket.url()));
  await ann.signInAsGuest(app.url);
  expect(await ann.liveTracks()).toBe(0);
  await ann.showCamera();
  await expect.poll(() => ann.liveTracks()).toBe(2);
  await expect(ann.page.getByTestId('local-video')).toBeVisible();
  await ann.expectState('idle');
  expect(requests).toEqual([]);
});

/** What lies over the pictures, and not the live regions. */
function notices({ page }: Stranger): Locator {
  return page.getByRole('list').getByRole('listitem').filter({ visible: true });
}
