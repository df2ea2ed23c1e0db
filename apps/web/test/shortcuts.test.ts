import { expect, test } from 'vitest';
import {
  DEFAULT_KEYS,
  isFree,
  keyLabels,
  KEYED_COMMANDS,
  keysText,
  readKeys,
  shortcutFor,
  type KeyPlace,
  type KeyPress,
} from '../src/lib/shortcuts.ts';

const PRESS: KeyPress = {
  key: '',
  code: '',
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  repeat: false,
  isComposing: false,
  keyCode: 0,
};
const PLACE: KeyPlace = {
  on: undefined,
  inOverlay: false,
  singleKeys: true,
  keys: DEFAULT_KEYS,
  altTypes: false,
};

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

test('[U12] A07 in a text field letters are letters; Escape leaves one that is filled and is Next in an empty one', () => {
  for (const on of ['empty-field', 'filled-field'] as const) {
    for (const key of ['m', 'v', 'c', '/', 'Enter']) expect(press(key, {}, { on })).toBeUndefined();
    expect(press('Escape', { shiftKey: true }, { on })).toBe('stop');
  }
  expect(press('Escape', {}, { on: 'filled-field' })).toBe('leave-field');
  expect(press('Escape', {}, { on: 'empty-field' })).toBe('next');
});

test('[U12] A07 no key is a shortcut while composing, held down or with another modifier', () => {
  for (const key of ['Escape', 'm', 'v', 'c', '/', 'Enter']) {
    expect(press(key, { isComposing: true })).toBeUndefined();
    expect(press(key, { repeat: true })).toBeUndefined();
    for (const modifier of ['ctrlKey', 'metaKey']) {
      expect(press(key, { [modifier]: true })).toBeUndefined();
    }
  }
});

test('[U12] an open menu has the first right to Escape', () => {
  expect(press('Escape', {}, { inOverlay: true })).toBeUndefined();
});

test('[U12] A07 single letters and signs can be switched off, Escape and Enter stay', () => {
  for (const key of ['m', 'v', 'c', '/']) expect(press(key, {}, { singleKeys: false })).toBeUndefined();
  expect(press('Enter', {}, { singleKeys: false })).toBe('chat');
  expect(press('Escape', {}, { singleKeys: false })).toBe('next');
});

test('[U87] each command has a letter or sign of its own, alone or with Alt by the place of the key', () => {
  for (const command of KEYED_COMMANDS) {
    const key = DEFAULT_KEYS[command];
    expect(press(key, { shiftKey: command === 'report' })).toBe(command);
    const code = key === ',' ? 'Comma' : `Key${key.toUpperCase()}`;
    // What macOS types with it is none of the letters.
    const withAlt = { altKey: true, code };
    expect(press('µ', withAlt)).toBe(command);
    expect(press('µ', withAlt, { on: 'filled-field', singleKeys: false })).toBe(command);
    expect(press('µ', { ...withAlt, shiftKey: true })).toBeUndefined();
    expect(press('µ', { ...withAlt, ctrlKey: true })).toBeUndefined();
  }
});

test('[U87] A07 where Alt types characters they are typed in a text field, and commands elsewhere', () => {
  const c = { code: 'KeyC', altKey: true };
  for (const on of ['empty-field', 'filled-field'] as const) {
    expect(press('ç', c, { on, altTypes: true })).toBeUndefined();
    expect(press('ç', c, { on })).toBe('chat');
  }
  expect(press('ç', c, { altTypes: true })).toBe('chat');
  expect(press('ç', c, { on: 'control', altTypes: true })).toBe('chat');
});

test('[U12] A07 a key that an input method has used is none of ours, even when the composition is over', () => {
  expect(press('Escape', { keyCode: 229 }, { on: 'empty-field' })).toBeUndefined();
  expect(press('Escape', { keyCode: 27 }, { on: 'empty-field' })).toBe('next');
});

test('[U87] with Alt the letter that is typed counts before the place of the key', () => {
  // A French keyboard has M where others have the semicolon.
  expect(press('m', { altKey: true, code: 'Semicolon' })).toBe('microphone');
  expect(press('m', { altKey: true, code: 'KeyC' })).toBe('microphone');
});

test('[U87] A07 the keys can be chosen, and the ones given up mean nothing', () => {
  const keys = readKeys('microphone=k\nsettings=;');
  expect(press('k', {}, { keys })).toBe('microphone');
  expect(press('µ', { altKey: true, code: 'KeyK' }, { keys })).toBe('microphone');
  expect(press(';', { shiftKey: true }, { keys })).toBe('settings');
  expect(press('m', {}, { keys })).toBeUndefined();
  expect(readKeys(keysText(keys))).toEqual(keys);
});

test('[U87] no two commands share a key, and whatever else a device remembers is dropped', () => {
  expect(isFree('v', 'microphone', DEFAULT_KEYS)).toBe(false);
  expect(isFree('v', 'camera', DEFAULT_KEYS)).toBe(true);
  for (const key of ['', ' ', 'ab', 'K', '\u0007', '\u200e']) {
    expect(isFree(key, 'microphone', DEFAULT_KEYS), JSON.stringify(key)).toBe(false);
  }
  expect(readKeys('microphone=v\nnothing=x\ncamera\n=z\nblur=')).toEqual(DEFAULT_KEYS);
});

test('[U87] a control tells its key, as it is just now', () => {
  const keys = { ...DEFAULT_KEYS, microphone: 'k' };
  expect(keyLabels(keys, true)).toMatchObject({ microphone: 'K', camera: 'V', settings: ',' });
  expect(keyLabels(keys, false)).toMatchObject({ microphone: 'Alt+K', settings: 'Alt+,' });
});

test('[U93] the letter of a report takes Shift, unless it is pressed with Alt', () => {
  expect(press('r')).toBeUndefined();
  expect(press('R', { shiftKey: true })).toBe('report');
  expect(press('R', { shiftKey: true }, { singleKeys: false })).toBeUndefined();
  expect(press('R', { shiftKey: true }, { on: 'empty-field' })).toBeUndefined();
  expect(press('®', { altKey: true, code: 'KeyR' }, { on: 'filled-field' })).toBe('report');
  // A sign has no capital.
  expect(press('!', { shiftKey: true }, { keys: { ...DEFAULT_KEYS, report: '!' } })).toBe('report');
  expect(keyLabels(DEFAULT_KEYS, true).report).toBe('Shift+R');
  expect(keyLabels(DEFAULT_KEYS, false).report).toBe('Alt+R');
});

test('[U88] the space bar is for talking where nothing else has a use for it', () => {
  expect(press(' ')).toBe('talk');
  expect(press(' ', {}, { singleKeys: false })).toBe('talk');
  for (const on of ['control', 'empty-field', 'filled-field'] as const) {
    expect(press(' ', {}, { on })).toBeUndefined();
  }
});
