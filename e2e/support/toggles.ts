import { expect } from 'playwright/test';
import { type AnyPage, inPage } from './any-page.ts';
import { percentile } from './runs.ts';
import { noteStalls, stalledWithin, stallsOf } from './stalls.ts';

const SHOWN_WITHIN_MS = 300;

declare global {
  interface Window {
    /** Each time the page began or ceased to say that the partner is muted; milliseconds since 1970. */
    shown: { at: number; muted: boolean }[];
  }
}

function noteMuted(): void {
  window.shown = [];
  new MutationObserver(() => {
    const muted = [...document.querySelectorAll('p span')].some(
      (one) => one.textContent === 'Stranger is muted',
    );
    if (muted === (window.shown.at(-1)?.muted ?? false)) return;
    window.shown.push({ at: performance.timeOrigin + performance.now(), muted });
  }).observe(document, { subtree: true, childList: true, characterData: true });
}

async function toggle(times: number): Promise<number[]> {
  const microphone = document.querySelector<HTMLElement>('button[aria-label=Microphone]');
  const pressed: number[] = [];
  for (let i = 0; i < times; i += 1) {
    // More than 20 in a second a partner does not hear.
    await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 50));
    pressed.push(performance.timeOrigin + performance.now());
    microphone?.click();
  }
  return pressed;
}

/** The microphone of one page goes off and on at random times: the other shows each, in order and soon. Both tell the time of one machine. */
export async function expectTogglesShown(from: AnyPage, at: AnyPage, times: number): Promise<void> {
  await Promise.all([noteStalls(from), noteStalls(at)]);
  await inPage(at, noteMuted, undefined);
  const pressed = await inPage(from, toggle, times);
  const shown = () => inPage(at, () => window.shown, undefined);
  await expect.poll(async () => (await shown()).length).toBe(times);
  const seen = await shown();
  expect(seen.every(({ muted }, index) => muted === (index % 2 === 0))).toBe(true);
  const delays = seen.map((one, index) => one.at - (pressed[index] ?? 0));
  // Two processes read their clocks.
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(-1);
  // Work of the pages would hold up many of them. What holds up one alone, and their own timers with it, is the machine.
  expect(percentile(delays, 90)).toBeLessThan(SHOWN_WITHIN_MS);
  const stalls = [...(await stallsOf(from)), ...(await stallsOf(at))];
  const own = seen.map((one, index) => {
    const since = pressed[index] ?? 0;
    return one.at - since - stalledWithin(since, one.at, stalls);
  });
  expect(percentile(own, 98)).toBeLessThan(SHOWN_WITHIN_MS);
}
