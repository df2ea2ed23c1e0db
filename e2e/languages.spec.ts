import { type Page, expect, test } from 'playwright/test';
import { unbracketed } from '../apps/web/test/unbracketed.ts';
import { type RunningApp, startApp } from './support/app.ts';
import { layoutFaults } from './support/layout.ts';
import { PAGES } from './support/pages.ts';
import { readable } from './support/readable.ts';
import { Stranger, closeStrangers } from './support/stranger.ts';
import { TextClient } from './support/text-client.ts';

let app: RunningApp;
let pseudo: RunningApp;
test.beforeAll(async () => {
  // The switch that has a hint, and the count of people: all that a menu and a page can say.
  const env = { COUNT_MIN: '1', PUBLIC_HIDE_ADDRESS: 'offered', PUBLIC_SOURCE_URL: 'https://example.org/' };
  [app, pseudo] = await Promise.all([startApp(env), startApp({ ...env, PUBLIC_LANGUAGES: 'en-XA' })]);
});
test.afterAll(() => Promise.all([app.stop(), pseudo.stop()]));
test.afterEach(closeStrangers);

const SMALL = { width: 320, height: 568 };
const MODES = ['video', 'voice', 'text'] as const;

/** Somebody whose page is in that language, in a small window. */
async function reader(language: string): Promise<Page> {
  const stranger = await Stranger.open();
  const { page } = await stranger.neighbour(SMALL);
  await page.context().addCookies([{ name: 'language', value: language, url: app.url }]);
  return page;
}

/** Past the 18+ gate as a guest, whatever language the buttons are in. */
async function enter(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/login`);
  await page.locator('main h1').waitFor();
  const gate = page.locator('main li');
  if ((await gate.count()) > 0) await page.locator('main .primary').click();
  await expect(gate).toHaveCount(0);
  await page.locator('main > .primary').click();
  await page.waitForURL('**/chat');
}

/** Calls with the name of every state that somebody comes to who is alone at first and then is left. */
async function throughTheSession(page: Page, url: string, at: (state: string) => Promise<void>) {
  await enter(page, url);
  for (const mode of MODES) {
    await page.locator(`[name=mode][value=${mode}]`).check({ force: true });
    await at(`${mode}, idle`);
  }
  await page.locator('#interests').fill('chess, tea, ');
  await page.locator('.suggested .button').first().click();
  await at('wishes');
  await page.locator('[popovertarget]').click();
  await at('menu');
  await page.locator('#session-menu button').first().click();
  await page.locator('dialog').waitFor();
  await at('settings');
  await page.keyboard.press('Escape');
  await page.locator('.control.primary').click();
  await expect(page.locator('main')).toHaveAttribute('data-state', 'searching');
  await expect(page.locator('.note .detail')).toBeVisible();
  await at('searching');
  await page.locator('.note .button').click();
  const partner = await TextClient.start(url, '2010');
  await expect(page.locator('main')).toHaveAttribute('data-state', 'connected');
  await partner.say('hi');
  await partner.type();
  await page.locator('textarea').fill('x'.repeat(501));
  await at('too long a text');
  await page.locator('textarea').fill('hello');
  await page.locator('textarea').press('Enter');
  await expect(page.locator('.line')).toHaveCount(2);
  await at('connected');
  await partner.leave();
  await expect(page.locator('main')).toHaveAttribute('data-state', 'parted');
  await at('parted');
  await page.locator('.control.stop').click();
  await expect(page.locator('main')).toHaveAttribute('data-state', 'idle');
  await at('idle again');
}

for (const [language, direction] of [
  ['de', 'ltr'],
  ['ar', 'rtl'],
] as const) {
  test(`[E42] I02 in ${language} nothing overlaps, is cut off or scrolls sideways at 320 px`, async () => {
    test.setTimeout(120_000);
    const page = await reader(language);
    for (const path of PAGES) {
      await page.goto(`${app.url}${path}`);
      await expect(page.locator('h1')).toBeVisible();
      await expect(page.locator('html')).toHaveAttribute('dir', direction);
      expect(await layoutFaults(page), path).toEqual([]);
      await page.screenshot({
        path: test.info().outputPath(`${path.slice(1) || 'landing'}.png`),
        fullPage: true,
      });
    }
    await throughTheSession(page, app.url, async (state) => {
      expect(await layoutFaults(page), state).toEqual([]);
      await page.screenshot({ path: test.info().outputPath(`${state}.png`) });
    });
  });

  test(`[E42] [U43] who reads ${language} is served in it from the first byte, and with no other`, async ({
    page,
    request,
  }) => {
    const answer = await request.get(app.url, {
      headers: { 'accept-language': `${language}-x-own, en;q=0.5` },
    });
    expect(await answer.text()).toContain(`<html lang="${language}" dir="${direction}"`);
    expect(answer.headers()['vary']).toContain('accept-language');

    const scripts: Promise<string>[] = [];
    page.on('response', (response) => {
      if (response.request().resourceType() === 'script') scripts.push(response.text());
    });
    await page.context().addCookies([{ name: 'language', value: language, url: app.url }]);
    await page.goto(app.url, { waitUntil: 'networkidle' });
    const loaded = (await Promise.all(scripts)).join('\n');
    const landing = { en: 'Meet somebody you', de: 'Triff Menschen', ar: 'التقِ شخصًا' };
    const there = Object.entries(landing).filter(([, words]) => loaded.includes(words));
    expect(there.map(([name]) => name)).toEqual([language]);
    // Nor with what only a session says.
    for (const words of ['Nobody can see you', 'Noch kann dich niemand', 'لا أحد يراك بعد']) {
      expect(loaded).not.toContain(words);
    }
  });
}

test('[E42] choosing a language turns the page at once, and the next one too', async ({ page }) => {
  await page.goto(`${app.url}/rules`, { waitUntil: 'networkidle' });
  await page.getByLabel('Language of the page').selectOption('العربية');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('القواعد');
  await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
  await expect(page.locator('html')).toHaveAttribute('lang', 'ar');
  await expect(page).toHaveTitle('القواعد');
  await page.goto(app.url);
  await expect(page.locator('html')).toHaveAttribute('lang', 'ar');
  await page.getByLabel('لغة الصفحة').selectOption('Deutsch');
  await expect(page.locator('html')).toHaveAttribute('dir', 'ltr');
});

test('[E43] a language chosen in a running chat turns the screen, and the conversation goes on', async () => {
  const stranger = await Stranger.open();
  const { page } = stranger;
  await enter(page, app.url);
  await page.locator('[name=mode][value=text]').check({ force: true });
  await page.locator('.control.primary').click();
  await expect(page.locator('main')).toHaveAttribute('data-state', 'searching');
  const partner = await TextClient.start(app.url, '2010');
  await expect(page.locator('main')).toHaveAttribute('data-state', 'connected');
  await partner.say('before');
  await expect(page.locator('.bubble')).toHaveText(['before']);
  const started = await page.evaluate(() => performance.timeOrigin);
  await page.locator('textarea').fill('half a sen');

  await page.locator('[popovertarget]').click();
  await page.getByLabel('Language of the page').selectOption('Deutsch');
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await expect(page.locator('.control.primary')).toHaveText('Weiter');
  await expect(page.locator('.notice').first()).toHaveText('Du schreibst mit jemand Unbekanntem.');
  await page.keyboard.press('Escape');
  await expect(page.locator('textarea')).toHaveValue('half a sen');
  await page.locator('textarea').fill('after');
  await page.locator('textarea').press('Enter');
  await partner.hear('gotMessage');
  await partner.say('and on');
  await expect(page.locator('.bubble')).toHaveText(['before', 'after', 'and on']);
  // And on, out of the session and back, over routes that say other things.
  await page.locator('[popovertarget]').click();
  await page.getByRole('button', { name: 'Abmelden' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Triff Menschen/);
  await page.getByRole('link', { name: 'Regeln', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Die Regeln');
  expect(await page.evaluate(() => performance.timeOrigin)).toBe(started);
  expect(stranger.uncaught).toEqual([]);
});

test('[E44] I01 in the pseudo-language no word is outside of brackets', async () => {
  test.setTimeout(120_000);
  const stranger = await Stranger.open({ camera: 'missing' });
  const { page } = await stranger.neighbour(SMALL);
  const expectAll = async (where: string): Promise<void> => {
    const texts = await readable(page);
    expect(texts.length, where).toBeGreaterThan(4);
    expect(texts.map(unbracketed).filter(Boolean), where).toEqual([]);
  };
  for (const path of PAGES) {
    await page.goto(`${pseudo.url}${path}`, { waitUntil: 'networkidle' });
    await expectAll(path);
  }
  await throughTheSession(page, pseudo.url, expectAll);
  await page.locator('[name=mode][value=video]').check({ force: true });
  await page.locator('usermedia').or(page.locator('.card .button')).first().click();
  await expect(page.locator('.card .button')).toHaveCount(3);
  await expectAll('a camera that is missing');
});
