import { type Locator, type Page, expect } from 'playwright/test';

/** More stops than any page has. */
const STOPS_MAX = 80;

/** Goes there by Tab alone; at every stop on the way one can see where one is. */
export async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await wanted.waitFor();
  for (let stop = 0; stop < STOPS_MAX; stop++) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
    expect(await page.evaluate(hiddenFocus)).toBeUndefined();
  }
  throw new Error(`Tab does not lead to ${String(wanted)}`);
}

/** Runs in a page: what has the focus without showing it; undefined where it is shown, or nothing has it. */
export function hiddenFocus(): string | undefined {
  const focused = document.activeElement;
  // The browser draws this one itself, and lets nobody restyle it.
  if (!(focused instanceof HTMLElement) || focused === document.body || focused.matches('usermedia')) return;
  // A radio that is not drawn shows it on its label.
  const shown = focused.matches('.visually-hidden') ? (focused.closest('label') ?? focused) : focused;
  const { outlineStyle, outlineWidth } = getComputedStyle(shown);
  const { left, right, top, bottom } = shown.getBoundingClientRect();
  const inside = right > 0 && bottom > 0 && left < innerWidth && top < innerHeight;
  if (inside && outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1) return;
  return shown.outerHTML.slice(0, 200);
}
