import { describe, expect, test } from 'vitest';
import type { LinkTrend } from '../src/link.ts';
import { FIRST_STEP, isHopeless, PICTURE_STEPS, stepAfter, type Stepping } from '../src/picture-step.ts';
import { makeRandom } from './random.ts';

type Way = Pick<LinkTrend, 'sendingLoss' | 'availableBps' | 'limit'>;

const FREE: Way = { sendingLoss: 0, availableBps: 2_000_000, limit: 'none' };
const LOSSY: Way = { sendingLoss: 0.06, availableBps: 2_000_000, limit: 'none' };
const WHOLE: Stepping = { step: 0, patienceMs: 2_000 };

function trendOf(way: Way): LinkTrend {
  return { receivingLoss: undefined, rttMs: undefined, jitterMs: undefined, ...way };
}

/** The steps that follow each other in looks a second apart. */
function walk(from: Stepping, seconds: number, way: Way): Stepping {
  let stepping = from;
  for (let second = 0; second < seconds; second += 1)
    stepping = stepAfter(stepping, trendOf(way), second * 1_000);
  return stepping;
}

/** In which look the step is another one; undefined: in none of a hundred. */
function changeAfter(from: Stepping, way: Way): { seconds: number; step: number } | undefined {
  for (let seconds = 1; seconds <= 100; seconds += 1) {
    const { step } = walk(from, seconds, way);
    if (step !== from.step) return { seconds: seconds - 1, step };
  }
  return undefined;
}

const BROWSERS = { Firefox: { availableBps: undefined, limit: undefined } } as const;

describe('more', () => {
  test.each<[string, Way, number | undefined]>([
    ['there is room', FREE, 2],
    ['the browser thinks so, before any report', { ...FREE, sendingLoss: undefined }, 2],
    ['all that is allowed passes', { ...FREE, availableBps: 400_000 }, 2],
    [
      'the picture is held down, but by what is allowed',
      { ...FREE, availableBps: 500_000, limit: 'bandwidth' },
      2,
    ],
    ['bandwidth is short', { ...FREE, availableBps: 499_999, limit: 'bandwidth' }, undefined],
    ['the processor is', { ...FREE, availableBps: 400_000, limit: 'other' }, undefined],
    ['2 % are lost', { ...FREE, sendingLoss: 0.02 }, undefined],
    ['nothing is lost, and no more is told', { ...BROWSERS.Firefox, sendingLoss: 0 }, 2],
    ['nothing is told', { ...BROWSERS.Firefox, sendingLoss: undefined }, undefined],
  ])('[K100] at first: %s', (_, way, seconds) => {
    expect(changeAfter(FIRST_STEP, way)).toEqual(seconds && { seconds, step: 0 });
  });

  test('[K102] again after 10 s, and twice as long after each further fall, up to 60', () => {
    const waits: (number | undefined)[] = [];
    let stepping = WHOLE;
    for (let fall = 0; fall < 5; fall += 1) {
      stepping = walk(stepping, 7, LOSSY);
      expect(stepping.step).toBe(1);
      waits.push(changeAfter(stepping, FREE)?.seconds);
      stepping = walk(stepping, 100, FREE);
      expect(stepping.step).toBe(0);
    }
    expect(waits).toEqual([10, 20, 40, 60, 60]);
  });

  test('[K102] a wave in between begins the time anew', () => {
    const fallen = walk(WHOLE, 7, LOSSY);
    const waved = stepAfter(walk(fallen, 10, FREE), trendOf({ ...FREE, sendingLoss: 0.03 }), 10_000);
    expect(waved.fitSince).toBeUndefined();
    expect(walk(waved, 10, FREE).step).toBe(1);
  });
});

describe('less', () => {
  test.each<[string, number, Way, number | undefined]>([
    ['6 % are lost', 0, LOSSY, 6],
    ['less than that is lost', 0, { ...FREE, sendingLoss: 0.059 }, undefined],
    ['the whole is too much for the way', 0, { ...FREE, availableBps: 399_999, limit: 'bandwidth' }, 6],
    ['it is not', 0, { ...FREE, availableBps: 400_000, limit: 'bandwidth' }, undefined],
    ['so few bits pass, but nobody wants more', 0, { ...FREE, availableBps: 100_000 }, undefined],
    ['the processor is short', 0, { ...FREE, availableBps: 100_000, limit: 'other' }, undefined],
    ['the small one is too much, too', 1, { ...FREE, availableBps: 119_999, limit: 'bandwidth' }, 6],
    ['it is not', 1, { ...FREE, availableBps: 120_000, limit: 'bandwidth' }, undefined],
    ['much is lost of the least', 2, { ...FREE, sendingLoss: 0.5 }, undefined],
  ])('[K101] %s, from step %i', (_, step, way, seconds) => {
    expect(changeAfter({ step, patienceMs: 1_000_000 }, way)).toEqual(seconds && { seconds, step: step + 1 });
  });

  test.each<[string, Way, number, boolean]>([
    ['6 s of loss', LOSSY, 2, true],
    ['6 s without a way for it', { ...FREE, availableBps: 59_999, limit: 'bandwidth' }, 2, true],
    ['a narrow way', { ...FREE, availableBps: 60_000, limit: 'bandwidth' }, 2, false],
    ['loss, and less to be tried', LOSSY, 1, false],
  ])('[K104] even the least is too much: %s, at step %i', (_, way, step, hopeless) => {
    const from = { step, patienceMs: 1_000_000 };
    expect(isHopeless(walk(from, 6, way), 5_000)).toBe(false);
    expect(isHopeless(walk(from, 7, way), 6_000)).toBe(hopeless);
  });

  test('[K101] a moment in between begins the time anew', () => {
    const waved = stepAfter(walk(WHOLE, 6, LOSSY), trendOf(FREE), 6_000);
    expect(waved).toEqual(WHOLE);
  });
});

test.each([1, 2, 3, Date.now() % 1_000_000])(
  '[K101] [K102] seed %i: whatever the way is like, steps are single and rare, and it ends where it must',
  (seed) => {
    const random = makeRandom(seed);
    const pick = <Value>(...values: readonly Value[]): Value => values[random(values.length)] as Value;
    let stepping = FIRST_STEP;
    let now = 0;
    let way = FREE;
    const changes: { at: number; by: number }[] = [];
    for (let look = 0; look < 20_000; look += 1) {
      now += pick(250, 1_000, 1_000, 1_000, 60_000);
      if (random(8) === 0) {
        way = {
          sendingLoss: pick(undefined, 0, 0.01, 0.04, 0.1, 1),
          availableBps: pick(undefined, 0, 100_000, 400_000, 1_000_000),
          limit: pick(undefined, 'none', 'bandwidth', 'other'),
        };
      }
      const next = stepAfter(stepping, trendOf(way), now);
      expect(PICTURE_STEPS[next.step]).toBeDefined();
      if (next.step !== stepping.step) changes.push({ at: now, by: next.step - stepping.step });
      stepping = next;
    }
    expect(changes.length).toBeGreaterThan(100);
    for (const [index, { at, by }] of changes.entries()) {
      expect(Math.abs(by)).toBe(1);
      const before = changes[index - 1];
      if (!before) continue;
      expect(at - before.at).toBeGreaterThanOrEqual(by > 0 ? 6_000 : 10_000);
    }
    const from = { step: stepping.step, patienceMs: stepping.patienceMs };
    expect(walk(from, 14, { ...LOSSY, sendingLoss: 1 }).step).toBe(PICTURE_STEPS.length - 1);
    expect(walk(from, 130, FREE).step).toBe(0);
  },
);
