import { type Browser, type BrowserContext, type Page, chromium, test } from 'playwright/test';

export type Theme = 'dark' | 'light';
export type Language = 'en' | 'ar';

export interface Look {
  theme: Theme;
  language: Language;
  size: { width: number; height: number };
  /** Movement is what screenshots and measurements cannot use. */
  reducedMotion?: 'reduce' | 'no-preference';
  /** Pixels of a screenshot to one of the page. */
  scale?: number;
}

/** Pictures play without a click. */
export function openBrowser(): Promise<Browser> {
  const configured = test.info().project.use.launchOptions ?? {};
  return chromium.launch({ ...configured, args: ['--autoplay-policy=no-user-gesture-required'] });
}

/** A reader who chose this look, in a place that is everywhere the same. */
export async function readerOf(browser: Browser, url: string, look: Look): Promise<BrowserContext> {
  const { theme, language, size, reducedMotion = 'reduce', scale = 1 } = look;
  const context = await browser.newContext({
    viewport: size,
    deviceScaleFactor: scale,
    reducedMotion,
    timezoneId: 'UTC',
    locale: 'en-GB',
  });
  await context.addCookies([
    { name: 'passerby-theme', value: theme, url },
    { name: 'language', value: language, url },
  ]);
  return context;
}

/** The screen in one state, with its pictures in place. */
export async function showState(page: Page, url: string, state: string): Promise<void> {
  await page.goto(`${url}/dev/states/${state}`);
  await page.locator('html[data-shown] main').waitFor();
  await page.waitForFunction(() =>
    [...document.querySelectorAll('video')].every(
      (video) => !video.srcObject || video.classList.contains('live'),
    ),
  );
}
