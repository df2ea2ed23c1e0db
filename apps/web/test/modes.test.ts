import { expect, test } from 'vitest';
import { MODES, toMode } from '../src/lib/modes.ts';

test('[U25] video, voice and text are offered, and nothing else is a mode', () => {
  expect(MODES.map(({ mode }) => mode)).toEqual(['video', 'voice', 'text']);
  expect(MODES.map(({ mode }) => toMode(mode))).toEqual(['video', 'voice', 'text']);
  for (const name of [undefined, null, '', 'Video', 'constructor', 'text ']) {
    expect(toMode(name)).toBeUndefined();
  }
});
