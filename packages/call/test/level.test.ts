import { afterEach, expect, test, vi } from 'vitest';
import { levelOf, Silence, watchLevel } from '../src/level.ts';
import { fakeTrack } from './fake-media.ts';

afterEach(() => vi.unstubAllGlobals());

/** A context whose microphone brings zeros, at frames a test draws. */
function setUp(state: AudioContextState) {
  vi.stubGlobal('MediaStream', class {});
  let draw: ((now: number) => void) | undefined;
  const context = {
    state,
    createAnalyser: () => ({ fftSize: 0, getFloatTimeDomainData: () => undefined }),
    createMediaStreamSource: (): unknown => ({ connect: () => undefined }),
    resume: () => Promise.resolve(),
    close: vi.fn(() => Promise.resolve()),
  };
  const parts = {
    createContext: () => context as unknown as AudioContext,
    requestFrame: (callback: (now: number) => void) => {
      draw = callback;
      return 1;
    },
    cancelFrame: () => (draw = undefined),
  };
  return { context, parts, frame: (now: number) => draw?.(now) };
}

test('[K90] M05 a level runs from 0, at −60 dB, to 1, at −10 dB', () => {
  const tone = (peak: number): Float32Array =>
    Float32Array.from({ length: 1024 }, (_, i) => peak * Math.sin((2 * Math.PI * i * 10) / 1024));
  expect(levelOf(new Float32Array(1024))).toBe(0);
  expect(levelOf(tone(1))).toBe(1);
  // A sine of peak 0.1 is at −23 dB.
  expect(levelOf(tone(0.1))).toBeCloseTo((60 - 23.01) / 50, 3);
  expect(levelOf(tone(0.0005))).toBe(0);
});

test('[K91] M05 a microphone that is on and brings nothing for 5 s is silent, until it brings something', () => {
  const silence = new Silence();
  let now = 1_000;
  const hear = (level: number, isOn = true) => silence.hear(level, (now += 500), isOn);
  hear(0);
  for (let i = 0; i < 9; i += 1) expect(hear(0.01)).toBe(false);
  expect(hear(0.01)).toBe(true);
  expect(hear(0.3)).toBe(false);
  for (let i = 0; i < 9; i += 1) expect(hear(0)).toBe(false);
  expect(hear(0)).toBe(true);
});

test('[K91] a microphone that is off is not silent, nor one that nobody looked at while the page was hidden', () => {
  const silence = new Silence();
  for (let now = 0; now < 20_000; now += 500) expect(silence.hear(0, now, false)).toBe(false);
  expect(silence.hear(0, 20_000, true)).toBe(false);
  expect(silence.hear(0, 60_000, true)).toBe(false);
  expect(silence.hear(0, 60_500, true)).toBe(false);
});

test.each([
  ['running', true],
  ['suspended', false],
  ['interrupted', false],
] as const)('[K91] a context that is %s, and brings zeros: silent is %s', (state, isSilent) => {
  const { context, parts, frame } = setUp(state as AudioContextState);
  const told: boolean[] = [];
  const stop = watchLevel(fakeTrack('audio'), parts, (_, silent) => told.push(silent));
  for (let now = 0; now <= 6_000; now += 500) frame(now);
  expect(told).toHaveLength(13);
  expect(told.at(-1)).toBe(isSilent);
  stop();
  expect(context.close).toHaveBeenCalledOnce();
});

test('[K90] where the browser cannot measure a track nothing is told, and nothing stays open', () => {
  const { context, parts, frame } = setUp('running');
  context.createMediaStreamSource = () => {
    throw new DOMException('', 'NotSupportedError');
  };
  const tell = vi.fn();
  const stop = watchLevel(fakeTrack('audio'), parts, tell);
  expect(context.close).toHaveBeenCalledOnce();
  frame(0);
  stop();
  expect(tell).not.toHaveBeenCalled();
  expect(context.close).toHaveBeenCalledOnce();
});
