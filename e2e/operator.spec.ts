import { expect, test } from 'playwright/test';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningApp, startApp } from './support/app.ts';
import { Stranger, closeStrangers } from './support/stranger.ts';

const apps: RunningApp[] = [];
async function appWith(env: Record<string, string>): Promise<RunningApp> {
  const app = await startApp(env);
  apps.push(app);
  return app;
}
test.afterEach(closeStrangers);
test.afterAll(() => Promise.all(apps.map((app) => app.stop())));

const logo =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path fill="#3ddc97" d="M0 0h8v8z"/></svg>';

test('[E60] C02 one build serves two deployments, each with its own name, colour, logo, rules and address', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'passerby-operator-'));
  await writeFile(join(folder, 'logo.svg'), logo);
  await writeFile(join(folder, 'rules.md'), '# On this campus\n\nBe **kind** <script>alert(1)</script>');
  const [plain, campus] = await Promise.all([
    appWith({}),
    appWith({
      PUBLIC_APP_NAME: 'Campus Chat',
      ACCENT_COLOR: '#3ddc97',
      LOGO_FILE: join(folder, 'logo.svg'),
      RULES_FILE: join(folder, 'rules.md'),
      PUBLIC_MODES: 'voice,text',
      PUBLIC_LANGUAGES: 'de,en',
      PUBLIC_SOCKET_SERVER_URL: 'https://signal.example.org',
    }),
  ]);
  const { page } = await Stranger.open();
  const languages = page.getByLabel('Language of the page').locator('option');
  const colourOfStart = () =>
    page
      .getByRole('link', { name: 'Start', exact: true })
      .evaluate((link) => getComputedStyle(link).backgroundColor);

  await page.goto(plain.url);
  await expect(page).toHaveTitle(/^Passerby/);
  await expect(languages).toHaveCount(3);
  expect(await colourOfStart()).not.toBe('rgb(61, 220, 151)');

  const answer = await page.goto(campus.url);
  await expect(page).toHaveTitle(/^Campus Chat/);
  await expect(languages).toHaveCount(2);
  expect(await colourOfStart()).toBe('rgb(61, 220, 151)');
  await expect(page.getByRole('link', { name: /^voice/i })).toBeVisible();
  await expect(page.getByRole('link', { name: /^video/i })).toHaveCount(0);
  await expect(page.locator('meta[property="og:site_name"]')).toHaveAttribute('content', 'Campus Chat');
  const policy = answer?.headers()['content-security-policy'] ?? '';
  expect(policy).toContain('wss://signal.example.org');
  const manifest = await (await page.request.get(`${campus.url}/manifest.webmanifest`)).json();
  expect(manifest).toMatchObject({ name: 'Campus Chat', icons: [{ src: '/logo' }] });
  const shown = await page.request.get(`${campus.url}/logo`);
  expect(await shown.text()).toBe(logo);
  // Opened by itself it is a page of this origin.
  expect(shown.headers()['content-security-policy']).toContain('sandbox');

  await page.goto(`${campus.url}/rules`);
  await expect(page.getByRole('heading', { name: 'On this campus' })).toBeVisible();
  await expect(page.locator('main')).toContainText('Be kind <script>alert(1)</script>');
  await page.goto(`${plain.url}/rules`);
  await expect(page.getByRole('heading', { name: 'On this campus' })).toHaveCount(0);

  // People agree to the rules that apply, and to no summary of others.
  for (const [app, points] of [
    [plain, 4],
    [campus, 1],
  ] as const) {
    await page.goto(`${app.url}/login`);
    await expect(page.getByRole('listitem')).toHaveCount(points);
    await expect(page.getByRole('listitem').first()).toContainText('18 or older');
    await expect(page.getByRole('link', { name: 'All the rules' })).toHaveAttribute('href', '/rules');
  }
});

test('[E61] C03 a wrong setting of the pages stops the start, and each is named with what is wrong', async () => {
  const failure = await startApp({
    ACCENT_COLOR: '#222244',
    RULES_FILE: '/nowhere/rules.md',
    PUBLIC_MODES: 'video,tv',
  }).then(
    () => '',
    (error: unknown) => String(error),
  );
  expect(failure).toMatch(/ACCENT_COLOR\n.*is too dark/);
  expect(failure).toMatch(/RULES_FILE\n.*cannot be read/);
  expect(failure).toMatch(/PUBLIC_MODES\n.*not tv/);
});

test('[E62] who chooses an appearance has it at the first paint of every page from then on', async () => {
  const app = await appWith({});
  const { page } = await Stranger.open();
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto(app.url);
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const [dark, light] = ['rgb(23, 21, 34)', 'rgb(248, 245, 239)'];
  expect(await ground()).toBe(dark);
  const picker = page.getByRole('combobox', { name: 'Appearance' });
  await expect(picker).toHaveValue('system');
  // The page is there before its scripts are, and what is chosen meanwhile is not taken.
  await expect(async () => {
    await picker.selectOption('light');
    expect(await ground()).toBe(light);
  }).toPass();

  // With no script at all: what is there is from the server.
  await page.route('**/*.js', (route) => route.abort());
  for (const path of ['/', '/rules', '/login', '/nowhere', '/offline']) {
    await page.goto(app.url + path);
    expect(await ground(), path).toBe(light);
  }
  await page.unrouteAll();
  await page.goto(app.url);
  await expect(picker).toHaveValue('light');
  await expect(async () => {
    await picker.selectOption('system');
    await page.reload();
    expect(await ground()).toBe(dark);
  }).toPass();
  await page.emulateMedia({ colorScheme: 'light' });
  expect(await ground()).toBe(light);
});

test('[E63] C04 without a connection every address shows the offline page, and nothing else was kept', async () => {
  const app = await appWith({});
  const ann = await Stranger.open();
  const { page } = ann;
  await ann.signInAsGuest(app.url, 'text');
  await page.evaluate(() => navigator.serviceWorker.ready.then(({ active }) => active?.state));
  await page.goto(`${app.url}/chat`);
  await expect(ann.start).toBeVisible();

  await app.kill('SIGKILL');
  for (const path of ['/chat', '/', '/login?return=/chat']) {
    await page.goto(app.url + path);
    await expect(page.getByRole('heading', { name: 'You are offline' })).toBeVisible();
    // Painted as the others are.
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
      'rgb(248, 245, 239)',
    );
  }
  const kept = await page.evaluate(async () => {
    const names = await caches.keys();
    const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return requests.flat().map(({ url }) => new URL(url).pathname);
  });
  expect(kept).toContain('/offline');
  expect(kept.filter((path) => path !== '/offline' && !/^\/_app\/immutable\/.*\.css$/.test(path))).toEqual(
    [],
  );

  await app.restart();
  await page.goto(`${app.url}/chat`);
  await page.getByRole('button', { name: 'Start', exact: true }).waitFor();
});

test('[U69] while the site is closed people are told so, and may read the rules', async () => {
  const app = await appWith({ MAINTENANCE: 'on' });
  const { page } = await Stranger.open();
  const answer = await page.goto(`${app.url}/chat`);
  expect(answer?.status()).toBe(503);
  expect(answer?.headers()['retry-after']).toBeDefined();
  expect(answer?.headers()['x-frame-options']).toBe('DENY');
  await expect(page.getByRole('heading', { name: 'Back soon' })).toBeVisible();
  expect((await page.goto(`${app.url}/rules`))?.status()).toBe(200);
});
