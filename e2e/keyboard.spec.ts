import { expect, test } from 'playwright/test';
import { type RunningApp, startApp } from './support/app.ts';
import { tabTo } from './support/keyboard.ts';
import { Stranger, closeStrangers } from './support/stranger.ts';

let app: RunningApp;
test.beforeAll(async () => {
  app = await startApp({ REMATCH_AFTER_MS: '0' });
});
test.afterAll(() => app.stop());
test.afterEach(closeStrangers);

const PAGES = ['/', '/rules', '/safety', '/privacy', '/about', '/offline', '/login', '/chat', '/nowhere'];

test('[E90] [E98] [E99] A02 C01 D03 from the landing page to Stop by keyboard alone, within the policy and with no other host', async () => {
  const ann = await Stranger.open({ colour: 'red' });
  const bob = await ann.neighbour();
  const { page } = ann;
  const violations: string[] = [];
  const hosts = new Set<string>();
  for (const { page: one } of [ann, bob]) {
    await one.exposeFunction('violated', (what: string) => void violations.push(what));
    await one.addInitScript(() => {
      addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
        (window as unknown as { violated(what: string): void }).violated(
          `${violatedDirective} ${blockedURI}`,
        );
      });
    });
    one.on('request', (request) => {
      if (/^(http|ws)/.test(request.url())) hosts.add(new URL(request.url()).host);
    });
    one.on('websocket', (socket) => hosts.add(new URL(socket.url()).host));
  }
  const press = (name: string) => page.getByRole('button', { name, exact: true });

  await page.goto(app.url);
  await tabTo(page, page.getByRole('link', { name: 'Start', exact: true }));
  await page.keyboard.press('Enter');
  await tabTo(page, press('I am 18 or older and I agree'));
  await page.keyboard.press('Enter');
  await tabTo(page, press('Continue as guest'));
  await page.keyboard.press('Enter');
  await tabTo(page, ann.start);
  await page.keyboard.press('Enter');
  await ann.expectState('searching');

  await bob.signInAsGuest(app.url, 'video');
  await bob.start.click();
  await Promise.all([ann.expectState('connected'), bob.expectState('connected')]);
  await page.keyboard.press('c');
  await expect(ann.field).toBeFocused();
  await page.keyboard.type('hello');
  await page.keyboard.press('Enter');
  await expect(bob.lines('partner')).toContainText('hello');
  // What is being written presses no button, and Escape leaves it where it is.
  await page.keyboard.type('movb');
  const microphone = press('Microphone');
  await expect(microphone).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('Escape');
  await expect(ann.field).not.toBeFocused();
  await expect(ann.field).toHaveValue('movb');
  await ann.expectState('connected');

  // Round the whole screen and on: nothing keeps the focus.
  await tabTo(page, ann.stop);
  await page.keyboard.press('Tab');
  await tabTo(page, ann.stop);
  await tabTo(page, ann.next);
  await page.keyboard.press('Enter');
  await ann.expectState('searching');
  await expect(ann.next).toBeFocused();
  await bob.next.click();
  await Promise.all([ann.expectState('connected'), bob.expectState('connected')]);
  await page.keyboard.press('Shift+Escape');
  await ann.expectState('idle');
  await expect.poll(() => ann.liveTracks()).toBe(0);

  expect(violations).toEqual([]);
  expect([...hosts]).toEqual([new URL(app.url).host]);
  for (const path of PAGES) {
    const headers = (await page.request.get(app.url + path)).headers();
    const policy = headers['content-security-policy'] ?? '';
    expect(/script-src [^;]*/.exec(policy)?.[0], path).toMatch(/^script-src 'self'( 'nonce-[^']+')?$/);
    expect(policy, path).toContain("frame-ancestors 'none'");
    expect(headers, path).toMatchObject({ 'x-frame-options': 'DENY', 'x-content-type-options': 'nosniff' });
    expect(headers['permissions-policy'], path).toContain('camera=(self)');
  }
});

test('[E91] A07 A08 by keyboard in the settings: single letters off, another letter, and no next search by itself', async () => {
  const ann = await Stranger.open();
  const bob = await ann.neighbour();
  const { page } = ann;
  await Promise.all([ann, bob].map((stranger) => stranger.signInAsGuest(app.url, 'voice')));
  await ann.start.click();
  await bob.start.click();
  await ann.expectState('connected');
  const microphone = page.getByRole('button', { name: 'Microphone', exact: true });
  const settings = page.getByRole('dialog', { name: 'Settings' });
  const inSettings = async (name: string): Promise<void> => {
    await tabTo(page, settings.getByLabel(name, { exact: true }));
  };

  await page.keyboard.press(',');
  await expect(settings).toBeVisible();
  await inSettings('Go on by itself');
  await page.keyboard.press('Space');
  await inSettings('Microphone on or off');
  await page.keyboard.press('k');
  await page.keyboard.press('Escape');
  await expect(settings).toHaveCount(0);
  await ann.expectState('connected');
  await page.keyboard.press('m');
  await expect(microphone).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('k');
  await expect(microphone).toHaveAttribute('aria-pressed', 'false');

  await page.keyboard.press(',');
  await inSettings('Use single letters');
  await page.keyboard.press('Space');
  await page.keyboard.press('Escape');
  await expect(settings).toHaveCount(0);
  await page.keyboard.press('k');
  await expect(microphone).toHaveAttribute('aria-pressed', 'false');
  await page.keyboard.press('Alt+k');
  await expect(microphone).toHaveAttribute('aria-pressed', 'true');

  await bob.stop.click();
  await ann.expectState('parted');
  await expect(page.locator('[data-countdown=paused]')).toBeVisible();
});
