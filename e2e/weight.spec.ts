import { expect, test } from 'playwright/test';
import { type RunningApp, startApp } from './support/app.ts';
import { Stranger, closeStrangers } from './support/stranger.ts';

let app: RunningApp;
test.beforeAll(async () => {
  app = await startApp();
});
test.afterAll(() => app.stop());
test.afterEach(closeStrangers);

const PAGE_BYTES_MAX = 150_000;
/** Found in no other code: the SDK's host, the transport's path, Google's loader. */
const LATER = /identitytoolkit|engine\.io|socket\.io|apis\.google/;

test('[E67] P01 P03 the landing page asks for little, for nothing elsewhere, and for nothing of a session before it is wanted', async () => {
  const { page } = await Stranger.open();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.enable');
  let bytes = 0;
  devtools.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
  const origins = new Set<string>();
  const early: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith('data:')) origins.add(new URL(request.url()).origin);
  });
  page.on('response', (response) => {
    if (!/javascript/.test(response.headers()['content-type'] ?? '')) return;
    void response.text().then(
      (text) => LATER.test(text) && early.push(response.url()),
      () => undefined,
    );
  });
  await page.goto(app.url);
  await page.waitForLoadState('networkidle');
  expect([...origins]).toEqual([new URL(app.url).origin]);
  expect(early).toEqual([]);
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThan(PAGE_BYTES_MAX);

  // Whoever is about to press it gets it a moment earlier.
  await page.getByRole('link', { name: 'Start', exact: true }).hover();
  await expect.poll(() => early.length).toBeGreaterThan(0);
});
