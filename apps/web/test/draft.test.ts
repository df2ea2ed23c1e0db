import { expect, test } from 'vitest';
import { draftOf, sends, type DraftPress } from '../src/lib/draft.ts';
import { english as messages } from './whole-language.ts';

const ENTER: DraftPress = { key: 'Enter', shiftKey: false, isComposing: false, keyCode: 13 };

test('[U30] Enter sends; Shift+Enter and other keys do not', () => {
  expect(sends(ENTER)).toBe(true);
  expect(sends({ ...ENTER, shiftKey: true })).toBe(false);
  expect(sends({ ...ENTER, key: 'a', keyCode: 65 })).toBe(false);
});

test('[U30] A07 an Enter that ends a composition sends nothing, however the browser says so', () => {
  expect(sends({ ...ENTER, isComposing: true })).toBe(false);
  expect(sends({ ...ENTER, keyCode: 229 })).toBe(false);
});

test('[U30] the length is shown from 400 characters on', () => {
  expect(draftOf('x'.repeat(399)).counted).toBeUndefined();
  expect(draftOf('x'.repeat(400)).counted).toBe(400);
});

test('[U30] characters are counted as the server counts them', () => {
  const faces = '\u{1f600}'.repeat(500);
  expect(draftOf(faces)).toEqual({ sendable: true, counted: 500, tooLong: false });
});

test('[U30] what is too long is not sent and says so; so is what has no letter', () => {
  expect(draftOf('x'.repeat(501))).toEqual({ sendable: false, counted: 501, tooLong: true });
  expect(messages.chat.length(501, 500)).toBe('501 / 500');
  expect(messages.chat.tooLong).toMatch(/too long/i);
  for (const text of ['', '  ', '\n\n', 'half a \ud83d']) {
    expect(draftOf(text)).toEqual({ sendable: false, counted: undefined, tooLong: false });
  }
  expect(draftOf(' hi ').sendable).toBe(true);
});
