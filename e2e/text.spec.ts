import { readFile } from 'node:fs/promises';
import { expect, test } from 'playwright/test';
import { type RunningApp, startApp } from './support/app.ts';
import { inkOutside } from './support/ink.ts';
import { Line } from './support/line.ts';
import { Stranger, closeStrangers } from './support/stranger.ts';
import { type Dialect, TextClient } from './support/text-client.ts';

let app: RunningApp;
test.beforeAll(async () => {
  app = await startApp();
});
test.afterAll(() => app.stop());
test.afterEach(closeStrangers);

const PHONE = { width: 360, height: 740 };

/** Both have pressed Start and are connected when this resolves. */
async function meet(mode: 'video' | 'voice' | 'text', ann: Stranger, bob: Stranger, url = app.url) {
  await Promise.all([ann.signInAsGuest(url, mode), bob.signInAsGuest(app.url, mode)]);
  await ann.start.click();
  await ann.expectState('searching');
  await bob.start.click();
  await Promise.all([ann.expectState('connected'), bob.expectState('connected')]);
}

async function twoInAText(): Promise<{ ann: Stranger; bob: Stranger }> {
  const ann = await Stranger.open();
  const bob = await ann.neighbour();
  await meet('text', ann, bob);
  return { ann, bob };
}

test('[E20] a text chat asks for no device; texts go both ways, and who is left keeps them', async () => {
  const { ann, bob } = await twoInAText();
  await ann.field.pressSequentially('hello');
  await expect(bob.partnerTypes).toBeVisible();
  await ann.field.press('Shift+Enter');
  await ann.field.pressSequentially('there');
  await ann.field.press('Enter');
  await expect(bob.lines('partner')).toHaveCount(1);
  await expect(bob.partnerTypes).not.toBeAttached();
  expect(await bob.texts('partner')).toEqual(['hello\nthere']);
  await expect(ann.lines('me')).toContainText('Delivered');
  await bob.say('hi');
  await expect(ann.lines('partner')).toContainText('hi');
  await expect(bob.lines('me')).toContainText('Delivered');

  await ann.next.click();
  await bob.expectState('parted');
  await expect(bob.log).toContainText('The stranger moved on.');
  await expect(ann.log).toContainText('You left.');
  const [download] = await Promise.all([
    bob.page.waitForEvent('download'),
    bob.page.getByRole('button', { name: 'Save chat' }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^chat-\d{4}-\d\d-\d\d-\d{6}\.txt$/);
  const time = String.raw`\[\d\d:\d\d:\d\d\]`;
  expect(await readFile(await download.path(), 'utf8')).toMatch(
    new RegExp(
      String.raw`^A text chat with a stranger, \d{4}-\d\d-\d\d

${time} You are chatting with a stranger\.
${time} Stranger: hello
 {11}there
${time} You: hi
${time} The stranger moved on\.
$`,
    ),
  );
  for (const { page } of [ann, bob]) {
    expect(await page.evaluate(() => window.recording.asked)).toEqual([]);
    expect(await page.evaluate(() => window.recording.connections.length)).toBe(0);
  }
});

test('[E21] texts beside the picture, and on a phone below it, while it goes on', async () => {
  const ann = await Stranger.open();
  const bob = await ann.neighbour(PHONE);
  await meet('video', ann, bob);
  await Promise.all([ann.expectSees('green'), bob.expectSees('green')]);
  await ann.say('hello');
  await bob.page.getByRole('button', { name: /^Chat 1/ }).click();
  await expect(bob.lines('partner')).toContainText('hello');
  await bob.say('hi');
  await expect(ann.lines('partner')).toContainText('hi');
  await Promise.all([ann.expectSees('green'), bob.expectSees('green')]);

  const [beside, below] = await Promise.all([ann, bob].map(placesOf));
  expect(beside?.log.x).toBeGreaterThanOrEqual((beside?.picture.x ?? 0) + (beside?.picture.width ?? 0));
  expect(below?.log.y).toBeGreaterThanOrEqual((below?.picture.y ?? 0) + (below?.picture.height ?? 0));
  expect(await bob.page.evaluate(() => document.documentElement.scrollWidth)).toBe(PHONE.width);
});

test('[E22] a voice chat: sound both ways, no camera asked for, and texts', async () => {
  const ann = await Stranger.open();
  const bob = await ann.neighbour();
  await meet('voice', ann, bob);
  for (const stranger of [ann, bob]) {
    await expect.poll(() => stranger.audioPackets()).toBeGreaterThan(10);
    expect(await stranger.liveTracks()).toBe(1);
    const asked = await stranger.page.evaluate(() => window.recording.asked);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.video ?? false).toBe(false);
  }
  await ann.say('hello');
  await expect(bob.lines('partner')).toContainText('hello');
});

for (const dialect of ['2010', 'later'] satisfies Dialect[]) {
  test(`[E23] the page's text mode and a stranger on the HTTP text API (${dialect}) talk, and leave`, async () => {
    const ann = await Stranger.open();
    await ann.signInAsGuest(app.url, 'text');
    await ann.start.click();
    await ann.expectState('searching');
    const first = await TextClient.start(app.url, dialect);
    await Promise.all([ann.expectState('connected'), first.hear('connected')]);

    await ann.field.pressSequentially('hel');
    await first.hear('typing');
    await ann.say('hello');
    expect(await first.hear('gotMessage')).toEqual(['gotMessage', 'hello']);
    await expect(ann.lines('me')).toContainText('Delivered');
    await first.type();
    await expect(ann.partnerTypes).toBeVisible();
    await first.stopTyping();
    await expect(ann.partnerTypes).not.toBeAttached();
    await first.say('hi & bye');
    await expect(ann.lines('partner')).toContainText('hi & bye');
    await first.leave();
    await expect(ann.log).toContainText('The stranger left.');

    const second = await TextClient.start(app.url, dialect);
    await ann.next.click();
    await Promise.all([ann.expectState('connected'), second.hear('connected')]);
    await ann.next.click();
    await second.hear('strangerDisconnected');
  });
}

test('[E24] R03 the line to the server is cut in a call: texts go directly, are marked so, and stay single', async () => {
  const line = await Line.to(app.port);
  const ann = await Stranger.open();
  const bob = await ann.neighbour();
  await meet('video', ann, bob, line.url);
  await ann.say('before');
  await expect(bob.lines('partner')).toHaveCount(1);
  line.cut();
  const cutAt = await ann.clock();
  await ann.say('one');
  await expect(bob.lines('partner').nth(1)).toContainText('sent directly');
  await expect(ann.lines('me').nth(1)).toContainText(/Delivered.*sent directly/s);
  await bob.say('two');
  await expect(ann.lines('partner')).toContainText('sent directly');
  await expect(bob.lines('me')).toContainText('Delivered');
  const banner = ann.page.getByText('Connection to the service lost. Your call continues.').first();
  await expect(banner).toBeVisible();
  expect((await ann.clock()) - cutAt).toBeLessThan(5_000);
  await ann.expectSees('green');

  line.mend();
  await expect(banner).not.toBeAttached();
  await ann.say('after');
  await bob.say('after too');
  await expect(ann.lines('me').last()).toContainText('Delivered');
  await expect(bob.lines('me').last()).toContainText('Delivered');
  await expect(bob.lines('partner').last()).not.toContainText('sent directly');
  expect(await Promise.all([ann.texts('me'), bob.texts('partner')])).toEqual(
    Array(2).fill(['before', 'one', 'after']),
  );
  expect(await Promise.all([bob.texts('me'), ann.texts('partner')])).toEqual(
    Array(2).fill(['two', 'after too']),
  );
  expect(await ann.page.evaluate(() => window.recording.connections.length)).toBe(1);
  await line.close();
});

test('[E25] S05 I03 whatever a text is made of, it is text and stays in its bubble', async () => {
  const ann = await Stranger.open();
  const bob = await ann.neighbour(PHONE);
  await meet('text', ann, bob);
  const hostile = [
    '<img src=x onerror="alert(1)"><script>alert(1)</script><b>bold</b>',
    // Marks that stand on one another, up and down.
    `a${'\u030a'.repeat(16)}${'\u0325'.repeat(8)}`.repeat(20),
    '\u202egnp.exe \u2066\u202d',
    'W'.repeat(500),
    'https://example.org/?a=b javascript:alert(1) www.example.org me@example.org',
    'שלום (hello) 123',
  ];
  for (const text of hostile) await ann.say(text);
  await expect(bob.lines('partner')).toHaveCount(hostile.length);
  // What is too long is not sent, nor cut.
  await ann.say('x'.repeat(10_000));
  await expect(ann.field).toHaveValue('x'.repeat(10_000));
  await expect(ann.lines('me').last()).toContainText('Delivered');

  for (const [stranger, side] of [
    [ann, 'me'],
    [bob, 'partner'],
  ] as const) {
    expect(await stranger.texts(side)).toEqual(hostile);
    await expect(stranger.log.locator('a, b, img, script')).toHaveCount(0);
    expect(await stranger.page.evaluate(() => window.recording.alerts)).toBe(0);
    expect(await stranger.log.evaluate((log) => log.scrollWidth - log.clientWidth)).toBe(0);
    for (const bubble of await stranger.lines(side).locator('.bubble').all()) {
      const overflow = await bubble.evaluate((one) => {
        const [{ left, right }, log] = [one, one.closest('[role=log]')].map((element) =>
          (element ?? one).getBoundingClientRect(),
        ) as [DOMRect, DOMRect];
        return Math.max(log.left - left, right - log.right, 0);
      });
      expect(overflow).toBe(0);
    }
  }
  const piled = bob.lines('partner').nth(1).locator('.bubble');
  expect(await inkOutside(piled)).toBe(0);
  // It is the bubble that holds them in.
  await piled.evaluate((bubble: HTMLElement) =>
    Object.assign(bubble.style, { overflow: 'visible', contain: 'none' }),
  );
  expect(await inkOutside(piled)).toBeGreaterThan(0);
  const directions = await bob
    .lines('partner')
    .locator('.bubble')
    .evaluateAll((bubbles) => bubbles.map((bubble) => getComputedStyle(bubble).direction));
  expect(directions.map((direction) => direction === 'rtl')).toEqual([
    false,
    false,
    false,
    false,
    false,
    true,
  ]);
});

test('[E26] a refused camera: the way on by text leads to a text chat', async () => {
  const ann = await Stranger.open({ camera: 'refused' });
  const bob = await ann.neighbour();
  await Promise.all([ann.signInAsGuest(app.url), bob.signInAsGuest(app.url, 'text')]);
  await bob.start.click();
  await ann.start.click();
  await ann.page.getByRole('button', { name: 'Continue with text' }).click();
  await Promise.all([ann.expectState('connected'), bob.expectState('connected')]);
  await ann.say('hello');
  await expect(bob.lines('partner')).toContainText('hello');
  await expect(ann.page.getByRole('listitem').filter({ visible: true })).toHaveCount(0);
});

test('[E27] A08 the countdown to the next search waits for who is in the chat', async () => {
  const { ann, bob } = await twoInAText();
  await bob.field.pressSequentially('unfinished');
  await ann.stop.click();
  await bob.expectState('parted');
  const partedAt = await bob.cameTo('parted');
  await expect.poll(() => bob.clock()).toBeGreaterThan(partedAt + 4_000);
  await bob.expectState('parted');
  await expect(bob.field).toBeFocused();
  await expect(bob.field).toHaveValue('unfinished');

  const next = await TextClient.start(app.url, 'later');
  await bob.next.click();
  await bob.expectState('connected');
  await next.leave();
  await expect(bob.page.locator('[data-countdown=running]')).toBeVisible();
  await bob.log.click();
  await expect(bob.page.locator('[data-countdown=paused]')).toBeVisible();
});

/** Where the partner's picture and the log are. */
async function placesOf({ page, log }: Stranger) {
  const [picture, logBox] = await Promise.all([
    page.getByTestId('remote-video').boundingBox(),
    log.boundingBox(),
  ]);
  if (!picture || !logBox) throw new Error('not shown');
  return { picture, log: logBox };
}
