import { expect, test } from 'playwright/test';
import { type AuthEmulator, startAuthEmulator } from '../tools/auth-emulator/start.ts';
import { type RunningApp, startApp } from './support/app.ts';
import { stubGooglePopup } from './support/google-popup-stub.ts';
import { Line } from './support/line.ts';
import { endsAfter } from './support/short-tokens.ts';
import { Stranger, closeStrangers } from './support/stranger.ts';

// The real client SDK in the browser, the real Admin SDK in the server, the real emulator between them.

let emulator: AuthEmulator;
let app: RunningApp;
test.beforeAll(async () => {
  test.setTimeout(180_000);
  emulator = await startAuthEmulator();
  app = await startApp({
    FIREBASE_AUTH_EMULATOR_HOST: emulator.host,
    FIREBASE_PROJECT_ID: emulator.projectId,
    PUBLIC_FIREBASE_AUTH_EMULATOR: `http://${emulator.host}`,
    PUBLIC_FIREBASE_CONFIG: JSON.stringify({
      apiKey: 'emulator',
      projectId: emulator.projectId,
      authDomain: emulator.host,
    }),
  });
});
test.afterAll(async () => {
  await app.stop();
  await emulator.close();
});
test.afterEach(closeStrangers);

/** From the landing page to the ways of signing in. */
async function toSignIn({ page }: Stranger, url = app.url): Promise<void> {
  await stubGooglePopup(page.context());
  await page.goto(url);
  await page.getByRole('link', { name: /start/i }).first().click();
  await page.getByRole('button', { name: /18 or older/ }).click();
}

async function expectCall(ann: Stranger, bob: Stranger): Promise<void> {
  await ann.page.waitForURL('**/chat');
  await ann.start.click();
  await bob.page.waitForURL('**/chat');
  await bob.start.click();
  await Promise.all([ann.expectSees('blue'), bob.expectSees('red')]);
}

test('[E14] signed in by e-mail and as a guest with Firebase: a call comes about', async () => {
  const [ann, bob] = await Promise.all([Stranger.open({ colour: 'red' }), Stranger.open({ colour: 'blue' })]);
  await toSignIn(ann);
  await ann.page.getByLabel('E-mail address').fill('ann@example.org');
  await ann.page.getByLabel('Password').fill('correct horse');
  await ann.page.getByRole('button', { name: 'Create account' }).click();
  await toSignIn(bob);
  await bob.page.getByRole('button', { name: /guest/i }).click();
  await expectCall(ann, bob);
});

test('[E15] signed in by the Google popup and by password: a call comes about', async () => {
  const [ann, bob] = await Promise.all([Stranger.open({ colour: 'red' }), Stranger.open({ colour: 'blue' })]);
  await toSignIn(ann);
  const opening = ann.page.context().waitForEvent('page');
  await ann.page.getByRole('button', { name: /google/i }).click();
  const popup = await opening;
  await popup.locator('#add-account-button').click();
  await popup.locator('#email-input').fill('ann.google@example.org');
  await popup.locator('#display-name-input').fill('Ann');
  await popup.locator('#sign-in').click();
  await ann.page.waitForURL('**/chat');

  await fetch(`http://${emulator.host}/identitytoolkit.googleapis.com/v1/accounts:signUp?key=emulator`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'bob@example.org', password: 'correct horse' }),
  });
  await toSignIn(bob);
  const fields = { email: bob.page.getByLabel('E-mail address'), password: bob.page.getByLabel('Password') };
  await fields.email.fill('bob@example.org');
  await fields.password.fill('wrong battery');
  await bob.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(bob.page.getByRole('status')).toContainText('do not match');
  await fields.password.fill('correct horse');
  await bob.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expectCall(ann, bob);
});

test('[E16] a sign-in that is lost leads to the login page and back', async () => {
  const ann = await Stranger.open();
  await toSignIn(ann);
  await ann.page.getByRole('button', { name: /guest/i }).click();
  await ann.page.waitForURL('**/chat');
  // Everything the browser knew of the sign-in is gone: deleted where nothing holds it open any more.
  await ann.page.goto(`${app.url}/health`);
  await ann.page.evaluate(async () => {
    sessionStorage.clear();
    for (const { name } of await indexedDB.databases()) {
      if (name === undefined) continue;
      await new Promise((resolve, reject) => {
        const deletion = indexedDB.deleteDatabase(name);
        deletion.onsuccess = resolve;
        deletion.onerror = reject;
      });
    }
  });
  await ann.page.goto(`${app.url}/chat`);
  await ann.page.waitForURL('**/login**');
  await ann.page.getByRole('button', { name: /guest/i }).click();
  await ann.page.waitForURL('**/chat');
});

test('[E109] R11 a token that ends in a call, again and again, is renewed, and nobody notices; nor does the next line', async () => {
  const line = await Line.to(app.port);
  const [ann, bob] = await Promise.all([Stranger.open({ colour: 'red' }), Stranger.open({ colour: 'blue' })]);
  const tokens = await endsAfter(ann.page, 12);
  await toSignIn(ann, line.url);
  await ann.page.getByRole('button', { name: /guest/i }).click();
  await toSignIn(bob);
  await bob.page.getByRole('button', { name: /guest/i }).click();
  await expectCall(ann, bob);
  const [first = NaN] = tokens.ends;
  await expect.poll(() => tokens.renewed, { timeout: 40_000 }).toBeGreaterThanOrEqual(3);
  expect(Date.now()).toBeGreaterThan(first);

  line.cut();
  const banner = ann.page.getByText('Connection to the service lost. Your call continues.').first();
  await expect(banner).toBeVisible();
  line.mend();
  await expect(banner).not.toBeAttached();
  await ann.say('still here');
  await expect(bob.lines('partner')).toContainText('still here');
  await expect(ann.page).toHaveURL(/\/chat$/);
  for (const stranger of [ann, bob]) {
    await stranger.expectState('connected');
    expect(await stranger.page.evaluate(() => window.recording.connections.length)).toBe(1);
    expect(stranger.matchIds).toHaveLength(1);
    expect(stranger.uncaught).toEqual([]);
  }
  await line.close();
});
