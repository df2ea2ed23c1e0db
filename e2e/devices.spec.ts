import { expect, test } from 'playwright/test';
import { type RunningApp, startApp } from './support/app.ts';
import { Stranger, closeStrangers } from './support/stranger.ts';

let app: RunningApp;
test.beforeAll(async () => {
  app = await startApp();
});
test.afterAll(() => app.stop());
test.afterEach(closeStrangers);

test('[E6] camera refused: a message says so and there is a way on', async () => {
  const ann = await Stranger.open({ camera: 'refused' });
  await ann.signInAsGuest(app.url);
  await ann.start.click();
  await expect(ann.page.getByText(/blocked|not allowed|refused|denied/i).first()).toBeVisible();
  expect(await ann.page.evaluate(() => window.recording.alerts)).toBe(0);
  await ann.page.getByRole('button', { name: /without/i }).click();
  await ann.expectState('searching');
});

test('[E7] no camera: it is said, the call comes about all the same, and the other picture is seen', async () => {
  const [ann, bob] = await Promise.all([
    Stranger.open({ camera: 'missing' }),
    Stranger.open({ colour: 'blue' }),
  ]);
  await Promise.all([ann.signInAsGuest(app.url), bob.signInAsGuest(app.url)]);
  await ann.start.click();
  await ann.expectState('searching');
  await expect(ann.page.getByText(/No camera/).first()).toBeVisible();
  await bob.start.click();
  await ann.expectSees('blue');
  await bob.expectState('connected');
  await expect.poll(() => bob.audioPackets()).toBeGreaterThan(10);
});

test('[E8] camera off: its light goes off and the partner sees no picture; on again: the picture is back', async () => {
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

test('[E10] the preview shows my picture before anything is sent', async () => {
  const ann = await Stranger.open();
  const requests: string[] = [];
  ann.page.on('websocket', (socket) => requests.push(socket.url()));
  await ann.signInAsGuest(app.url);
  expect(await ann.liveTracks()).toBe(0);
  await ann.page.getByRole('button', { name: 'Show my camera' }).click();
  await expect.poll(() => ann.liveTracks()).toBe(2);
  await expect(ann.page.getByTestId('local-video')).toBeVisible();
  await ann.expectState('idle');
  expect(requests).toEqual([]);
});
