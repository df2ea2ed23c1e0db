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
const PLACE: KeyPlace = { on: undefined, inOverlay: false, singleKeys: true };

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

test('[U12] C, the stroke and Enter lead to the chat', () => {
  expect(['c', 'C', '/', 'Enter'].map((key) => press(key))).toEqual(['chat', 'chat', 'chat', 'chat']);
  // A stroke needs Shift on some keyboards; Shift+Enter is a new line everywhere.
  expect(press('/', { shiftKey: true })).toBe('chat');
  expect(press('Enter', { shiftKey: true })).toBeUndefined();
});

test('[U12] on a button Enter presses it, and letters are shortcuts', () => {
  expect(press('Enter', {}, { on: 'control' })).toBeUndefined();
  expect(press('c', {}, { on: 'control' })).toBe('chat');
  expect(press('Escape', {}, { on: 'control' })).toBe('next');
});

test('[U12] in a text field letters are letters; Escape leaves one that is filled and is Next in an empty one', () => {
  for (const on of ['empty-field', 'filled-field'] as const) {
    for (const key of ['m', 'v', 'c', '/', 'Enter']) expect(press(key, {}, { on })).toBeUndefined();
    expect(press('Escape', { shiftKey: true }, { on })).toBe('stop');
  }
  expect(press('Escape', {}, { on: 'filled-field' })).toBe('leave-field');
  expect(press('Escape', {}, { on: 'empty-field' })).toBe('next');
});

test('[U12] no key is a shortcut while composing, held down or with another modifier', () => {
  for (const key of ['Escape', 'm', 'v', 'c', '/', 'Enter']) {
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

test('[U12] single letters and signs can be switched off, Escape and Enter stay', () => {
  for (const key of ['m', 'v', 'c', '/']) expect(press(key, {}, { singleKeys: false })).toBeUndefined();
  expect(press('Enter', {}, { singleKeys: false })).toBe('chat');
  expect(press('Escape', {}, { singleKeys: false })).toBe('next');
});
