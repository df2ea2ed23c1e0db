import { expect, test } from 'vitest';
import { shortcutFor, type KeyPlace, type KeyPress } from '../src/lib/shortcuts.ts';

const PRESS: KeyPress = {
  key: '',
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  repeat: false,
  isComposing: false,
};
const PLACE: KeyPlace = { inField: false, inOverlay: false, singleKeys: true };

function press(key: string, change: Partial<KeyPress> = {}, place: Partial<KeyPlace> = {}) {
  return shortcutFor({ ...PRESS, key, ...change }, { ...PLACE, ...place });
}

test('[U12] Escape is next, Shift+Escape is stop, M and V are microphone and camera', () => {
  expect(press('Escape')).toBe('next');
  expect(press('Escape', { shiftKey: true })).toBe('stop');
  expect(['m', 'M', 'v', 'V'].map((key) => press(key))).toEqual([
    'microphone',
    'microphone',
    'camera',
    'camera',
  ]);
  expect(press('x')).toBeUndefined();
});

test('[U12] no key is a shortcut in a text field, while composing, held down or with another modifier', () => {
  for (const key of ['Escape', 'm', 'v']) {
    expect(press(key, {}, { inField: true })).toBeUndefined();
    expect(press(key, { isComposing: true })).toBeUndefined();
    expect(press(key, { repeat: true })).toBeUndefined();
    for (const modifier of ['ctrlKey', 'altKey', 'metaKey']) {
      expect(press(key, { [modifier]: true })).toBeUndefined();
    }
  }
});

test('[U12] an open menu has the first right to Escape', () => {
  expect(press('Escape', {}, { inOverlay: true })).toBeUndefined();
});

test('[U12] single letters can be switched off, Escape stays', () => {
  expect(press('m', {}, { singleKeys: false })).toBeUndefined();
  expect(press('v', {}, { singleKeys: false })).toBeUndefined();
  expect(press('Escape', {}, { singleKeys: false })).toBe('next');
});
