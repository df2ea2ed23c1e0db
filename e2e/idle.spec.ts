import { setTimeout } from 'node:timers/promises';
import { type Page, expect, test } from 'playwright/test';
import { type RunningApp, startApp } from './support/app.ts';
import { ownVisibility, setHidden } from './support/page-visibility.ts';
import { Stranger, closeStrangers } from './support/stranger.ts';

let app: RunningApp;
test.beforeAll(async () => {
  app = await startApp();
});
test.afterAll(() => app.stop());
test.afterEach(closeStrangers);

const LOOK_MS = 4_000;
/** Of one processor, by the thread that scripts, styles and layout run on. */
const BUSY_MAX = 0.1;

declare global {
  interface Window {
    /** When what set them a timer, or asked for a frame, was called; by where in the code that was. */
    called: Map<string, number[]>;
  }
}

/** Runs in a page before anything else: notes each call of a timer or frame. */
function noteTimers(): void {
  window.called = new Map();
  const noted = <Arguments extends unknown[]>(handler: (...given: Arguments) => void) => {
    // The line that called, behind those of this function and of the wrapper.
    const where = new Error().stack?.split('\n').slice(3, 5).join(' ') ?? '';
    return (...given: Arguments) => {
      window.called.set(where, [...(window.called.get(where) ?? []), performance.now()]);
      handler(...given);
    };
  };
  const { setTimeout, setInterval, requestAnimationFrame } = window;
  type Handler = (...given: unknown[]) => void;
  window.setTimeout = ((handler: Handler, ...rest: unknown[]) =>
    setTimeout(noted(handler), ...(rest as [number]))) as typeof setTimeout;
  window.setInterval = ((handler: Handler, ...rest: unknown[]) =>
    setInterval(noted(handler), ...(rest as [number]))) as typeof setInterval;
  window.requestAnimationFrame = (handler) => requestAnimationFrame(noted(handler));
}

/** Who was called more than once a second while the page was hidden for some seconds. */
async function fastTimers(page: Page): Promise<string[]> {
  await setHidden(page, true);
  // What was under way comes to its end.
  await setTimeout(1_000);
  await page.evaluate(() => window.called.clear());
  await setTimeout(LOOK_MS);
  const calls = await page.evaluate(() =>
    [...window.called].map(([where, at]) => ({ where, times: at.length })),
  );
  await setHidden(page, false);
  const most = LOOK_MS / 1_000 + 1;
  return calls.filter(({ times }) => times > most).map(({ where, times }) => `${times} times: ${where}`);
}

/** What part of the time the page's main thread computes; its processor time, which waiting for others is no part of. */
async function busy(page: Page): Promise<number> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable');
  const measured = async () => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    const valueOf = (wanted: string) => metrics.find(({ name }) => name === wanted)?.value ?? NaN;
    return { thread: valueOf('ThreadTime'), at: valueOf('Timestamp') };
  };
  const before = await measured();
  await setTimeout(LOOK_MS);
  const after = await measured();
  await devtools.detach();
  return (after.thread - before.thread) / (after.at - before.at);
}

test('[E100] P10 a search costs next to nothing, and a hidden page, searching or in a call, looks at nothing more than once a second', async () => {
  test.setTimeout(120_000);
  const ann = await Stranger.open({ recorded: false });
  const bob = await ann.neighbour();
  await ann.page.addInitScript(ownVisibility);
  await ann.page.addInitScript(noteTimers);
  await ann.signInAsGuest(app.url, 'video');
  await ann.start.click();
  await ann.expectState('searching');
  await setTimeout(1_000);
  const share = await busy(ann.page);
  console.log(`searching: ${(share * 100).toFixed(1)} % of a processor`);
  expect(share).toBeLessThanOrEqual(BUSY_MAX);
  expect(await fastTimers(ann.page)).toEqual([]);

  await bob.signInAsGuest(app.url, 'video');
  await bob.start.click();
  await Promise.all([ann.expectState('connected'), bob.expectState('connected')]);
  await setTimeout(1_000);
  expect(await fastTimers(ann.page)).toEqual([]);
  await ann.expectState('connected');
});
