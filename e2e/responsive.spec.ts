import { type Page, expect, test } from 'playwright/test';
import { type RunningApp, startApp } from './support/app.ts';
import { percentile, withRoom } from './support/runs.ts';
import { Stranger, closeStrangers } from './support/stranger.ts';

let app: RunningApp;
test.beforeAll(async () => {
  app = await startApp({ REMATCH_AFTER_MS: '0' });
});
test.afterAll(() => app.stop());
test.afterEach(closeStrangers);

const ROUNDS = 5;
const CPU_SLOWDOWN = 4;
/** Interaction to next paint. */
const INP_MAX_MS = 100;
/** Shorter ones the browser does not tell of. */
const TOLD_FROM_MS = 16;

declare global {
  interface Window {
    /** What the browser tells of clicks and keys: when, and how long until what they did was painted. */
    interactions: { at: number; id: number; tookMs: number }[];
  }
}

function noteInteractions(toldFromMs: number): void {
  window.interactions = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEventTiming & { interactionId: number })[]) {
      const { startTime, interactionId, duration } = entry;
      if (interactionId > 0) window.interactions.push({ at: startTime, id: interactionId, tookMs: duration });
    }
  }).observe({ type: 'event', durationThreshold: toldFromMs, buffered: true } as PerformanceObserverInit);
}

/** How long what was done after that moment took until it was painted. */
async function inpSince(page: Page, since: number): Promise<number> {
  return page.evaluate(
    async ([from, least]) => {
      // The browser tells of it after the paint.
      await new Promise((resolve) => requestAnimationFrame(() => window.setTimeout(resolve, 50)));
      const after = window.interactions.filter(({ at }) => at >= from);
      return Math.max(least, ...after.map(({ tookMs }) => tookMs));
    },
    [since, TOLD_FROM_MS] as const,
  );
}

test('[E101] P05 on a processor four times slower Next, the microphone, the camera and a text answer within 100 ms', async () => {
  test.skip(process.env['ROW_ANSWERS'] !== 'on', 'how fast it answers is measured by `pnpm test:long rows`');
  test.setTimeout(120_000);
  const ann = await Stranger.open({ recorded: false });
  const bob = await ann.neighbour();
  const { page } = ann;
  await page.addInitScript(noteInteractions, TOLD_FROM_MS);
  await Promise.all([ann, bob].map((stranger) => stranger.signInAsGuest(app.url, 'video')));
  await ann.start.click();
  await bob.start.click();
  await Promise.all([ann.expectState('connected'), bob.expectState('connected')]);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWDOWN });

  const took = new Map<string, number[]>();
  const measure = async (what: string, act: () => Promise<void>): Promise<void> => {
    const since = await ann.clock();
    await act();
    took.set(what, [...(took.get(what) ?? []), await inpSince(page, since)]);
  };
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
  for (let round = 0; round < ROUNDS; round++) {
    // It does nothing, and so shows what the page and the machine cost by themselves.
    await measure('nothing', () => page.getByText('You are on a video call').click());
    for (const name of ['Microphone', 'Camera']) {
      await measure(name, () => press(name));
      await measure(name, () => press(name));
    }
    await ann.field.fill('hello');
    await measure('text', () => page.keyboard.press('Enter'));
    await measure('nothing', () => page.getByText('You are on a video call').click());
    await measure('Next', () => press('Next'));
    await bob.next.click();
    await Promise.all([ann.expectState('connected'), bob.expectState('connected')]);
  }
  const floor = took.get('nothing') ?? [];
  took.delete('nothing');
  const all = [...took.values()].flat();
  for (const [what, times] of took) console.log(`${what}: ${times.join(', ')} ms`);
  console.log(`p95 ${percentile(all, 95)} ms, of nothing ${percentile(floor, 95)} ms`);
  expect(percentile(all, 95)).toBeLessThanOrEqual(withRoom(INP_MAX_MS, floor, 95));
});
