import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { takeFrom } from '../src/lib/browser-control.ts';

/** The browser's own control, which tells before it has anything. */
class Control extends EventTarget {
  stream: MediaStream | null = null;
  error: DOMException | null = null;

  bring(): { stream: MediaStream; stop: ReturnType<typeof vi.fn> } {
    const stop = vi.fn();
    const stream = { active: true, getTracks: () => [{ stop }, { stop }] } as unknown as MediaStream;
    this.dispatchEvent(new Event('promptaction'));
    this.dispatchEvent(new Event('stream'));
    this.stream = stream;
    return { stream, stop };
  }
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp() {
  const control = new Control();
  const taken: unknown[] = [];
  const leave = takeFrom(control, (brought) => taken.push(brought));
  return { control, taken, leave };
}

test('[K94] a stream is handed over once, whatever the control tells of it, and stays on after that', () => {
  const { control, taken, leave } = setUp();
  const { stream, stop } = control.bring();
  vi.runAllTimers();
  expect(taken).toEqual([stream]);
  leave();
  control.dispatchEvent(new Event('promptdismiss'));
  vi.runAllTimers();
  expect(stop).not.toHaveBeenCalled();
});

test('[K94] an error is handed over', () => {
  const { control, taken } = setUp();
  control.error = new DOMException('', 'NotAllowedError');
  control.dispatchEvent(new Event('error'));
  vi.runAllTimers();
  expect(taken).toEqual([control.error]);
});

test.each(['before', 'after'])('[K94] a stream that comes just %s the control goes is given back', (when) => {
  const { control, taken, leave } = setUp();
  if (when === 'after') leave();
  const { stop } = control.bring();
  leave();
  vi.runAllTimers();
  expect(taken).toEqual([]);
  expect(stop).toHaveBeenCalledTimes(2);
});
