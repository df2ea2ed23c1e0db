import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { afterPaint } from '../src/after-paint.ts';

let frames: (() => void)[];
const did = vi.fn();

function openPage(visibilityState: DocumentVisibilityState): void {
  vi.stubGlobal('document', { visibilityState });
}

beforeEach(() => {
  frames = [];
  did.mockClear();
  vi.useFakeTimers();
  vi.stubGlobal('requestAnimationFrame', (run: () => void) => frames.push(run));
  openPage('visible');
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('[K105] what can wait is done with the frame after the next, once', () => {
  afterPaint(did);
  frames[0]?.();
  vi.advanceTimersByTime(20);
  expect(did).not.toHaveBeenCalled();
  frames[1]?.();
  expect(did).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1_000);
  expect(did).toHaveBeenCalledTimes(1);
});

test('[K105] where no frame comes it is done after 200 ms', () => {
  afterPaint(did);
  vi.advanceTimersByTime(199);
  expect(did).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(did).toHaveBeenCalledTimes(1);
});

test('[K105] in a hidden page it is done at once, and wherever somebody cannot wait', () => {
  openPage('hidden');
  afterPaint(did);
  expect(did).toHaveBeenCalledTimes(1);
  openPage('visible');
  const now = afterPaint(did);
  now();
  now();
  expect(did).toHaveBeenCalledTimes(2);
  expect(vi.getTimerCount()).toBe(0);
});
