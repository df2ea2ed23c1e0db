import { expect, test } from 'vitest';
import { cardFor, type Card } from '../src/lib/card.ts';
import { MODES, toMode } from '../src/lib/modes.ts';
import { keepPreferences, readPreferences } from '../src/lib/preferences.ts';
import { openStore } from '../src/lib/storage.ts';
import { memoryStorage } from './memory-storage.ts';

test('[U25] video, voice and text are offered, and nothing else is a mode', () => {
  expect(MODES).toEqual(['video', 'voice', 'text']);
  expect(MODES.map((mode) => toMode(mode, MODES))).toEqual(['video', 'voice', 'text']);
  for (const name of [undefined, null, '', 'Video', 'constructor', 'text ']) {
    expect(toMode(name, MODES)).toBeUndefined();
  }
});

test('[U70] what a deployment does not offer is no mode, and no card leads there', () => {
  const offered = ['video', 'voice'] as const;
  expect(toMode('text', offered)).toBeUndefined();
  const card: Card = {
    title: 'No camera found',
    text: 'Plug one in.',
    ways: [
      { way: 'start', label: 'Try again' },
      { way: 'start-text', label: 'Continue with text' },
    ],
  };
  expect(cardFor(card, offered, []).ways.map(({ way }) => way)).toEqual(['start']);
  expect(cardFor(card, MODES, [])).toEqual(card);
});

test('[U70] the mode of a device is the first that is offered, until another of those is chosen', () => {
  const store = openStore(memoryStorage);
  expect(readPreferences(store, 'off', ['voice', 'text']).mode).toBe('voice');
  keepPreferences(store, { mode: 'text' });
  expect(readPreferences(store, 'off', ['voice', 'text']).mode).toBe('text');
  expect(readPreferences(store, 'off', ['video', 'voice']).mode).toBe('video');
});
