import { type Locator, type Page, expect, test } from 'playwright/test';
import { type RunningApp, startApp } from './support/app.ts';
import { axeViolations } from './support/axe.ts';
import { openBrowser, readerOf, showState } from './support/state-pages.ts';
import { startStates } from './support/states-app.ts';
import { Stranger, closeStrangers } from './support/stranger.ts';

// What stands between people and those who see to the rules. No server takes reports yet: what the screens do with
// one is looked at on the page of all states, and that the app offers none of it in the app.

const LOOK = { theme: 'dark', language: 'en', size: { width: 1280, height: 800 } } as const;

let app: RunningApp;
let states: Awaited<ReturnType<typeof startStates>>;
test.beforeAll(async () => {
  // The page of all states may have to be built.
  test.setTimeout(120_000);
  [app, states] = await Promise.all([startApp(), startStates()]);
});
test.afterAll(() => Promise.all([app.stop(), states.stop()]));
test.afterEach(closeStrangers);
test.describe.configure({ timeout: 120_000 });

async function openStates(): Promise<Page> {
  const context = await readerOf(await openBrowser(), states.url, LOOK);
  return context.newPage();
}

function dialog(page: Page): Locator {
  return page.getByRole('dialog', { name: 'Report a stranger' });
}

test('[E80] S01 from every state of a match a report is two actions away, and four until it is sent', async () => {
  const page = await openStates();
  for (const state of [
    'connecting',
    'connected-voice',
    'connected-text',
    'reconnecting',
    'parted-reportable',
  ]) {
    await showState(page, states.url, `${state}?reports`);
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('button', { name: 'Report', exact: true }).last().click();
    await expect(dialog(page), state).toBeVisible();
    await dialog(page).getByText('Threats or violence').click();
    await dialog(page).getByRole('button', { name: 'Send report' }).click();
    await expect(dialog(page), state).toBeHidden();
    await expect(page.getByRole('listitem').filter({ hasText: 'Thanks.' }), state).toBeVisible();
    // Nobody is reported twice for the same match.
    await page.keyboard.press('Shift+R');
    await expect(dialog(page), state).toBeHidden();
  }
  await page.context().browser()?.close();
});

test('[E81] A02 by keyboard a report is made and called off, and as long as it is open nothing of the partner comes through', async () => {
  const page = await openStates();
  await showState(page, states.url, 'connected?reports');
  const partner = page.getByTestId('remote-video');
  await expect(partner).not.toHaveClass(/blurred/);
  for (const keys of ['Shift+R', 'Alt+R']) {
    await page.keyboard.press(keys);
    await expect(dialog(page)).toBeVisible();
    await expect(partner).toHaveClass(/blurred/);
    await expect(partner).toHaveJSProperty('muted', true);
    await page.keyboard.press('Escape');
    await expect(dialog(page)).toBeHidden();
    await expect(partner).not.toHaveClass(/blurred/);
    await expect(partner).toHaveJSProperty('muted', false);
  }
  await page.keyboard.press('Shift+R');
  await page.keyboard.press('Space');
  await expect(dialog(page).getByLabel('Somebody under 18')).toBeChecked();
  await page.keyboard.press('Enter');
  await expect(dialog(page)).toBeHidden();
  await expect(page.getByRole('listitem').filter({ hasText: 'Thanks.' })).toBeVisible();
  await page.context().browser()?.close();
});

test('[E82] a report that does not arrive is said not to have, and is not lost', async () => {
  const page = await openStates();
  await showState(page, states.url, 'report-failed');
  await expect(dialog(page).getByRole('alert')).toHaveText(/was not sent/);
  await expect(dialog(page).getByLabel('Threats or violence')).toBeChecked();
  await expect(page.getByText('Thanks.')).toHaveCount(0);
  await page.context().browser()?.close();
});

test('[E108] S02 a stranger is blocked from a call or its card by two presses, and left at once; where none takes it, nobody is said to be', async () => {
  const page = await openStates();
  const said = (words: string) => page.getByRole('listitem').filter({ hasText: words });
  const block = page.getByRole('button', { name: 'Block', exact: true });
  await showState(page, states.url, 'connected?reports');
  await page.getByRole('button', { name: 'More' }).click();
  await block.click();
  await expect(said('Blocked. You will not meet this person again.')).toBeVisible();
  await page.getByRole('button', { name: 'More' }).click();
  await expect(page.getByRole('button', { name: 'Report', exact: true })).toBeVisible();
  await expect(block).toBeHidden();

  await showState(page, states.url, 'parted-text-reportable');
  await block.click();
  await expect(said('Blocked.')).toBeVisible();

  await showState(page, states.url, 'block-failed');
  await expect(said('could not be blocked')).toBeVisible();
  await expect(said('Blocked.')).toHaveCount(0);
  await page.context().browser()?.close();
});

test('[E84] S06 who is banned is told the rule, since when, until when, the case, what is left and how to appeal', async () => {
  const page = await openStates();
  await showState(page, states.url, 'banned');
  const main = page.getByRole('main');
  for (const words of [
    'You are locked out',
    'No hate and no harassment.',
    '21 November 2026 at 20:15',
    '28 November 2099 at 20:15',
    'PX-2026-0417',
    'the rules',
    'nobody can be paid',
  ]) {
    await expect(main).toContainText(words);
  }
  await expect(page.getByRole('button', { name: 'Stop' })).toHaveCount(0);

  await page.getByRole('button', { name: 'Appeal' }).click();
  await expect(page.getByLabel('Why is it wrong?')).toBeFocused();
  await page.keyboard.type('It was my brother.');
  await page.getByRole('button', { name: 'Send appeal' }).click();
  await expect(main.getByRole('status')).toHaveText(/has arrived/);
  await expect(page.getByRole('button', { name: 'Appeal' })).toHaveCount(0);

  // Text is left to this one.
  await page.getByRole('button', { name: 'Continue with text' }).click();
  await expect(page.getByRole('heading', { name: 'Text chat' })).toBeAttached();
  await expect(page.getByRole('group', { name: 'How do you want to talk?' })).toHaveCount(0);
  await page.context().browser()?.close();
});

test('[E85] a warning stands over everything until it is read, and 2 s at least', async () => {
  const page = await openStates();
  await page.clock.install();
  await page.goto(`${states.url}/dev/states/warned`);
  const warning = page.getByRole('dialog', { name: 'This is a warning' });
  const understood = warning.getByRole('button', { name: 'I understand' });
  await expect(warning).toContainText('No nudity and nothing sexual.');
  await expect(warning).toContainText('21 November 2026 at 20:15');
  await expect(understood).toHaveAttribute('aria-disabled', 'true');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await understood.click({ force: true });
  await expect(warning).toBeVisible();
  await page.clock.runFor(2_000);
  await understood.click();
  await expect(warning).toBeHidden();
  await page.context().browser()?.close();
});

test('[E83] S01 the app offers no report and no block, for no server takes any', async () => {
  const [ann, bob] = await Promise.all([Stranger.open(), Stranger.open()]);
  for (const person of [ann, bob]) {
    await person.signInAsGuest(app.url, 'text');
    await person.start.click();
  }
  await ann.expectState('connected');
  const report = ann.page.getByText(/^(Report|Block)$/);
  await ann.page.getByRole('button', { name: 'Menu' }).click();
  await expect(ann.page.getByRole('button', { name: 'Settings' })).toBeVisible();
  await expect(report).toHaveCount(0);
  await ann.page.getByRole('button', { name: 'Settings' }).click();
  await expect(ann.page.getByLabel('Write a message')).toBeVisible();
  await expect(report).toHaveCount(0);
  await ann.page.keyboard.press('Escape');
  await ann.page.keyboard.press('Alt+R');
  await bob.stop.click();
  await ann.expectState('parted');
  await expect(report).toHaveCount(0);
  await expect(dialog(ann.page)).toHaveCount(0);
});

test('[E86] who moves on too fast sees the seconds where Next is, and can stop', async () => {
  // The search of the start is the only one in a minute.
  const slow = await startApp({ FINDS_BURST: '1', FINDS_PER_MINUTE: '1' });
  const [ann, bob] = await Promise.all([Stranger.open(), Stranger.open()]);
  for (const person of [ann, bob]) await person.signInAsGuest(slow.url, 'text');
  for (const person of [ann, bob]) await person.start.click();
  await ann.expectState('connected');
  await ann.next.click();
  await ann.expectState('searching');
  await expect(ann.page.getByRole('button', { name: /^\d+ s$/ })).toBeDisabled();
  await expect(ann.page.getByText('Slow down a little', { exact: true }).first()).toBeVisible();
  await ann.stop.click();
  await ann.expectState('idle');
  await slow.stop();
});

test('[E87] the connection test is reached by the footer, says what each way and device came to, and copies it', async () => {
  const { page } = await Stranger.open();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: app.url });
  await page.goto(app.url);
  await page.getByRole('contentinfo').getByRole('link', { name: 'Connection test' }).click();
  await page.getByRole('button', { name: /18 or older/ }).click();
  await page.getByRole('button', { name: /guest/i }).click();
  await page.waitForURL('**/test');
  await expect(page.getByText(/^Answered in \d+ ms$/)).toHaveCount(1);
  // No server of a call is set up here.
  await expect(page.getByText('There is none here')).toHaveCount(4);
  await expect(page.getByText(/^1 found/).first()).toBeVisible();
  await page.getByRole('button', { name: 'Copy report' }).click();
  await expect(page.getByRole('status')).toHaveText('Copied. It names no address.');
  const report = await page.evaluate(() => navigator.clipboard.readText());
  expect(report).toMatch(/^The service: Answered in \d+ ms$/m);
  expect(report).not.toMatch(/localhost|127\.0\.0\.1|\[::1\]/);
  for (const theme of ['dark', 'light']) {
    await page.evaluate(async (chosen) => {
      document.documentElement.dataset['theme'] = chosen;
      await Promise.allSettled(document.getAnimations().map(({ finished }) => finished));
    }, theme);
    expect(await axeViolations(page)).toEqual([]);
  }
  await page.setViewportSize({ width: 320, height: 568 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
});
