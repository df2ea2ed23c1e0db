import { expect, test } from 'vitest';
import { isSwipeAway, rubberBand } from '../src/lib/swipe.ts';

const WIDTH = 400;

test('[U86] a swipe is Next only if it goes far enough, fast enough, along the line and the right way', () => {
  expect(isSwipeAway({ dx: -140, dy: 0, ms: 200 }, WIDTH)).toBe(true);
  expect(isSwipeAway({ dx: -139, dy: 0, ms: 200 }, WIDTH)).toBe(false);
  expect(isSwipeAway({ dx: -140, dy: 0, ms: 467 }, WIDTH)).toBe(false);
  expect(isSwipeAway({ dx: -140, dy: 71, ms: 200 }, WIDTH)).toBe(false);
  expect(isSwipeAway({ dx: 300, dy: 0, ms: 200 }, WIDTH)).toBe(false);
  expect(isSwipeAway({ dx: -200, dy: 0, ms: 0 }, WIDTH)).toBe(true);
});

test('[U86] the picture follows the finger less and less, and never the other way', () => {
  expect(rubberBand(20, WIDTH)).toBe(0);
  const steps = [-50, -100, -200, -400].map((dx) => rubberBand(dx, WIDTH));
  expect(steps).toEqual([...steps].sort((a, b) => b - a));
  expect(Math.min(...steps)).toBeGreaterThan(-0.4 * WIDTH);
});
