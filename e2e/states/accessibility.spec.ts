import { type Page, expect, test } from 'playwright/test';
import { STATES } from '../../apps/web/states/states.ts';
import { type RunningApp, startApp } from '../support/app.ts';
import { axeViolations } from '../support/axe.ts';
import { PAGES } from '../support/pages.ts';
import { type Language, type Theme, openBrowser, readerOf, showState } from '../support/state-pages.ts';
import { startStates } from '../support/states-app.ts';

const THEMES: readonly Theme[] = ['dark', 'light'];
const LANGUAGES: readonly Language[] = ['en', 'ar'];
const DESKTOP = { width: 1280, height: 800 };
/** A small phone, and what 1280 x 800 is at 200 %. */
const SMALL = [
  { width: 320, height: 568 },
  { width: 640, height: 400 },
] as const;
/** WCAG 2.2, 2.5.8, and the size that our own controls keep. */
const TARGET_MIN = 24;
const CONTROL_MIN = 44;
/** Frames after which a page has come to its size, however busy the machine. */
const LOOKS = 60;

let app: RunningApp;
let states: Awaited<ReturnType<typeof startStates>>;
test.beforeAll(async () => {
  [app, states] = await Promise.all([startApp(), startStates()]);
});
test.afterAll(() => Promise.all([app.stop(), states.stop()]));
test.describe.configure({ timeout: 600_000 });

/** Turns the page to a theme, and waits until nothing is on its way to it any more. */
async function paint(page: Page, theme: Theme): Promise<void> {
  await page.evaluate(async (chosen) => {
    document.documentElement.dataset['theme'] = chosen;
    const moving = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
    await Promise.allSettled(moving.map(({ finished }) => finished));
  }, theme);
}

/** What a reader at this size could not get at, or hit. */
function problemsOf(page: Page): Promise<string[]> {
  return page.evaluate(
    ([least, own]) => {
      const problems: string[] = [];
      if (document.documentElement.scrollWidth > innerWidth) problems.push('scrolls sideways');
      for (const control of document.querySelectorAll<HTMLElement>(
        'button, select, input, textarea, a, usermedia',
      )) {
        // The target of a hidden field is its label; links in a sentence are as high as its line.
        const target = control.matches('input.visually-hidden') ? control.closest('label') : control;
        if (!target?.checkVisibility({ visibilityProperty: true })) continue;
        if (control.matches('p a, li p a, li a') && getComputedStyle(control).display === 'inline') continue;
        const { left, right, width, height } = target.getBoundingClientRect();
        const name = `${control.tagName} ${control.textContent.trim() || (control.getAttribute('aria-label') ?? '')}`;
        // A card cuts off what is wider.
        const frame = control.closest('.card')?.getBoundingClientRect();
        if (left < (frame?.left ?? 0) - 1 || right > (frame?.right ?? innerWidth) + 1)
          problems.push(`${name} is out of reach`);
        const side = control.matches('.control, .button') ? own : least;
        if (Math.round(width) < side || Math.round(height) < side)
          problems.push(`${name} is ${Math.round(width)} x ${Math.round(height)}`);
      }
      return problems;
    },
    [TARGET_MIN, CONTROL_MIN] as const,
  );
}

for (const language of LANGUAGES) {
  test(`[E64] A01 A04 axe finds nothing in any state nor on any page, dark or light, in ${language}`, async () => {
    const browser = await openBrowser();
    const found: string[] = [];
    const look = { theme: 'dark', language, size: DESKTOP } as const;
    const at = (where: string, theme: Theme) => (violation: string) => `${where} (${theme}): ${violation}`;

    const onStates = await (await readerOf(browser, states.url, look)).newPage();
    for (const state of Object.keys(STATES)) {
      await showState(onStates, states.url, state);
      for (const theme of THEMES) {
        await paint(onStates, theme);
        found.push(...(await axeViolations(onStates)).map(at(state, theme)));
      }
    }
    const onPages = await (await readerOf(browser, app.url, look)).newPage();
    for (const path of PAGES) {
      await onPages.goto(app.url + path);
      await onPages.getByRole('heading', { level: 1 }).waitFor();
      for (const theme of THEMES) {
        await paint(onPages, theme);
        found.push(...(await axeViolations(onPages)).map(at(path, theme)));
      }
    }
    await browser.close();
    expect(found).toEqual([]);
  });
}

test('[E65] A03 A04 at 320 x 568 and at 200 % no state and no page scrolls sideways or has a control that is small or out of reach', async () => {
  const browser = await openBrowser();
  const found: string[] = [];
  for (const language of LANGUAGES) {
    const look = { theme: 'dark', language, size: SMALL[0] } as const;
    const checkAt = async (page: Page, where: string, size: (typeof SMALL)[number]) => {
      await page.setViewportSize(size);
      // The browser comes to the new size over some frames, and so does what follows it by script.
      let problems = await problemsOf(page);
      for (let look = 0; problems.length > 0 && look < LOOKS; look++) {
        await page.evaluate(() => new Promise(requestAnimationFrame));
        problems = await problemsOf(page);
      }
      found.push(...problems.map((problem) => `${where} in ${language} at ${size.width}: ${problem}`));
    };
    const check = async (page: Page, where: string) => {
      for (const size of SMALL) await checkAt(page, where, size);
    };
    const onStates = await (await readerOf(browser, states.url, look)).newPage();
    for (const state of Object.keys(STATES)) {
      await showState(onStates, states.url, state);
      await check(onStates, state);
    }
    const onPages = await (await readerOf(browser, app.url, look)).newPage();
    for (const path of PAGES) {
      await onPages.goto(app.url + path);
      await onPages.getByRole('heading', { level: 1 }).waitFor();
      await check(onPages, path);
    }
  }
  await browser.close();
  expect(found).toEqual([]);
});

test('[E66] A06 who wants less motion sees none in any state', async () => {
  const browser = await openBrowser();
  const moving = async (reducedMotion: 'reduce' | 'no-preference', among: readonly string[]) => {
    const look = { theme: 'dark', language: 'en', size: DESKTOP, reducedMotion } as const;
    const page = await (await readerOf(browser, states.url, look)).newPage();
    const found: string[] = [];
    for (const state of among) {
      await showState(page, states.url, state);
      const animations = await page.evaluate(() =>
        document
          .getAnimations()
          .filter(({ effect }) => Number(effect?.getComputedTiming().duration ?? 0) > 200)
          .map((animation) => (animation as CSSAnimation).animationName),
      );
      found.push(...animations.map((animation) => `${state}: ${animation}`));
    }
    return found;
  };
  expect(await moving('reduce', Object.keys(STATES))).toEqual([]);
  // There is something that could move.
  expect(await moving('no-preference', ['searching'])).not.toEqual([]);
  await browser.close();
});

test('[E116] what moves without an end is only moved or faded, in every state', async () => {
  const browser = await openBrowser();
  const look = { theme: 'dark', language: 'en', size: DESKTOP, reducedMotion: 'no-preference' } as const;
  const page = await (await readerOf(browser, states.url, look)).newPage();
  const animated = new Set<string>();
  for (const state of Object.keys(STATES)) {
    await showState(page, states.url, state);
    const names = await page.evaluate(() =>
      document
        .getAnimations()
        .filter(({ effect }) => effect?.getTiming().iterations === Infinity)
        .flatMap(({ effect }) => (effect as KeyframeEffect).getKeyframes())
        .flatMap((keyframe) => Object.keys(keyframe)),
    );
    for (const name of names) animated.add(name);
  }
  await browser.close();
  // The first four are of every keyframe; of the others the compositor takes care by itself.
  expect([...animated].toSorted()).toEqual(
    ['composite', 'computedOffset', 'easing', 'offset', 'opacity', 'transform', 'translate'].toSorted(),
  );
});

/** Runs in a page in forced colours: what cannot be told from its surroundings, or from itself in another state. */
async function alike(): Promise<string[]> {
  const problems: string[] = [];
  /** `edge`: with the colour of its edge, which is thin. */
  const look = async (element: Element, edge = true): Promise<string> => {
    // Without motion a change of style takes a millisecond.
    await Promise.allSettled(element.getAnimations().map(({ finished }) => finished));
    const { borderStyle, borderWidth, borderColor, backgroundColor, color } = getComputedStyle(element);
    return [borderStyle, borderWidth, edge && borderColor, backgroundColor, color].join();
  };
  for (const sign of document.querySelectorAll('svg')) {
    const ground = sign.parentElement;
    if (ground && sign.checkVisibility() && getComputedStyle(sign).color !== getComputedStyle(ground).color)
      problems.push(`a sign in ${ground.className || ground.tagName} keeps a colour of its own`);
  }
  for (const control of document.querySelectorAll('button, select, textarea, input')) {
    const target = control.matches('.visually-hidden') ? control.closest('label') : control;
    if (!target?.checkVisibility({ visibilityProperty: true })) continue;
    const name = control.getAttribute('aria-label') ?? target.textContent.trim().slice(0, 40);
    // The browser draws these by itself.
    const native = control.matches('[type=checkbox], [type=radio], [type=range]') && control === target;
    const { borderTopStyle, borderTopWidth, textDecorationLine } = getComputedStyle(target);
    const edge = borderTopStyle !== 'none' && parseFloat(borderTopWidth) >= 1;
    const sign = control.matches(':has(svg)');
    if (!native && !edge && !sign && textDecorationLine !== 'underline')
      problems.push(`${name} has neither edge nor line nor sign`);
    if (control.matches('input.visually-hidden:checked')) {
      const name = CSS.escape((control as HTMLInputElement).name);
      const other = document.querySelector(`input[name=${name}]:not(:checked)`)?.closest('label');
      if (other && (await look(target, false)) === (await look(other, false)))
        problems.push(`${target.textContent.trim()} looks chosen by the colour of its edge at most`);
    }
    if (!control.matches('button')) continue;
    for (const attribute of ['aria-pressed', 'aria-disabled']) {
      const value = control.getAttribute(attribute);
      if (value === null) continue;
      const now = await look(control);
      control.setAttribute(attribute, value === 'true' ? 'false' : 'true');
      if ((await look(control)) === now) problems.push(`${name} looks the same whatever ${attribute} is`);
      control.setAttribute(attribute, value);
    }
  }
  return problems;
}

test('[E106] A09 in forced colours each control can be told from the text around it, and shows whether it is pressed or can be', async () => {
  const browser = await openBrowser();
  const look = { theme: 'dark', language: 'en', size: SMALL[0] } as const;
  const page = await (await readerOf(browser, states.url, look)).newPage();
  await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
  const found: string[] = [];
  for (const state of Object.keys(STATES)) {
    await showState(page, states.url, state);
    found.push(...(await page.evaluate(alike)).map((problem) => `${state}: ${problem}`));
    await page.screenshot({ path: test.info().outputPath(`${state}.png`) });
  }
  await browser.close();
  expect(found).toEqual([]);
});

test('[E69] the app has no page of all states', async () => {
  expect((await fetch(`${app.url}/dev/states`)).status).toBe(404);
  expect((await fetch(`${app.url}/dev/states/connected`)).status).toBe(404);
  expect((await fetch(`${states.url}/dev/states`)).status).toBe(200);
});
