import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, expect, test } from 'playwright/test';
import { STATES } from '../../apps/web/states/states.ts';
import { type Language, type Theme, readerOf, showState } from '../support/state-pages.ts';
import { startStates } from '../support/states-app.ts';

// What every state looks like, against pictures in the repository: they say what a change of one component did to all
// the others. `pnpm run baselines --update-snapshots` takes them anew.

/** `scale`: half of it and less shows what is where, in a quarter of the bytes. */
const SIZES = [
  { name: 'phone', width: 320, height: 568, scale: 0.5 },
  { name: 'tablet', width: 768, height: 1024, scale: 0.375 },
  { name: 'desk', width: 1280, height: 800, scale: 0.375 },
] as const;
/** Each state has another one at each size, and each size has all of them. */
const LOOKS: readonly { theme: Theme; language: Language }[] = [
  { theme: 'dark', language: 'en' },
  { theme: 'light', language: 'ar' },
  { theme: 'light', language: 'en' },
  { theme: 'dark', language: 'ar' },
];
/** What they say is gone sooner than somebody slow could look. */
const MOMENTARY = ['searching-after-failure', 'reported', 'block-failed'];
/** Letters are as wide everywhere as they are in this one. */
const FONTS = '/usr/share/fonts/truetype/dejavu';
/** Another one smooths in another way: the one that drew them, and its version, which goes up with new pictures. */
const BROWSER = '/usr/bin/chromium';
const DRAWN_BY = '156';

let fontsFolder: string;
let app: Awaited<ReturnType<typeof startStates>>;
let browser: Browser;
test.describe.configure({ timeout: 600_000 });
test.skip(!existsSync(FONTS) || !existsSync(BROWSER), `needs ${BROWSER} and ${FONTS}`);
test.beforeAll(async () => {
  fontsFolder = await mkdtemp(join(tmpdir(), 'baselines-'));
  app = await startStates();
  browser = await openBrowser();
});
test.afterAll(async () => {
  await browser.close();
  await app.stop();
  await rm(fontsFolder, { recursive: true });
});

/** A browser that knows one family of fonts, does not fit it to pixels, and draws no control of its own. */
async function openBrowser(): Promise<Browser> {
  const fonts = join(fontsFolder, 'fonts.conf');
  await writeFile(
    fonts,
    `<?xml version="1.0"?>
<fontconfig>
  <dir>${FONTS}</dir>
  <cachedir>${fontsFolder}</cachedir>
  <match target="pattern"><edit name="family" mode="assign" binding="strong"><string>DejaVu Sans</string></edit></match>
  <match target="font">
    <edit name="antialias"><bool>true</bool></edit>
    <edit name="hinting"><bool>false</bool></edit>
    <edit name="rgba"><const>none</const></edit>
  </match>
</fontconfig>
`,
  );
  return chromium.launch({
    executablePath: BROWSER,
    args: [
      '--autoplay-policy=no-user-gesture-required',
      '--disable-blink-features=UserMediaElement',
      '--force-color-profile=srgb',
    ],
    env: { ...(process.env as Record<string, string>), FONTCONFIG_FILE: fonts },
  });
}

for (const [at, { name, scale, ...size }] of SIZES.entries()) {
  test(`[E68] I02 every state looks as it did: ${name}`, async () => {
    const states = Object.keys(STATES).filter((state) => !MOMENTARY.includes(state));
    test.skip(browser.version().split('.')[0] !== DRAWN_BY, `needs Chromium ${DRAWN_BY}`);
    await Promise.all(
      LOOKS.map(async (look, turn) => {
        const context = await readerOf(browser, app.url, { ...look, size, scale });
        const page = await context.newPage();
        // What counts seconds stays at the first.
        await page.clock.setFixedTime(new Date());
        for (const [index, state] of states.entries()) {
          if ((index + at) % LOOKS.length !== turn) continue;
          await showState(page, app.url, state);
          await expect.soft(page).toHaveScreenshot([name, `${state}.png`], {
            // A page that differs is looked at again until then.
            timeout: 6_000,
            caret: 'hide',
            scale: 'device',
            // The smoothing of an edge is no difference; a sign that is elsewhere is one.
            threshold: 0.15,
            maxDiffPixels: 24,
          });
        }
        await context.close();
      }),
    );
  });
}
