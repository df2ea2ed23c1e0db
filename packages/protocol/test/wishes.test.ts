import * as v from 'valibot';
import { expect, test } from 'vitest';
import {
  DEFAULT_WISHES,
  INTERESTS_MAX,
  INTEREST_LENGTH_MAX,
  LANGUAGES_MAX,
  findSchema,
  sameWishes,
  toInterest,
  toLanguage,
} from '../src/index.ts';

test.for<[string, string]>([
  ['Green Tea', 'green tea'],
  ['  green \t\n tea  ', 'green tea'],
  ['rock-n-roll!', 'rocknroll'],
  ['#music', 'music'],
  ['"C++"', 'c++'],
  ['Ｔｅａ', 'ｔｅａ'],
  ['CAFE\u0301', 'café'],
  ['ca\u0000fe\u200b', 'cafe'],
  ['e\u0000\u0301', 'é'],
  ['tea \u202egnp.eta', 'tea gnpeta'],
  ['\ud800tea', 'tea'],
  ['👩\u200d💻', '👩\u200d💻'],
  ['می\u200cخواهم', 'می\u200cخواهم'],
  ['\u200ctea\u200d', 'tea'],
  ['\u200d', ''],
  ['...', ''],
  ['', ''],
])('[P1] %j is compared as %j', ([text, interest]) => {
  expect(toInterest(text)).toBe(interest);
});

test('[P1] bringing an interest into its form twice changes nothing more', () => {
  // Every character of the first planes, beside neighbours that combine, join and separate.
  for (let code = 0; code < 0x20000; code++) {
    const text = ` a${String.fromCodePoint(code)}\u0301 \u200d`;
    const once = toInterest(text);
    expect(toInterest(once)).toBe(once);
    expect(once).not.toMatch(/^[\s\u200c\u200d]|[\s\u200c\u200d]$|[\n\t]|\s\s/);
  }
});

test.for<[string, string]>([
  ['de', 'de'],
  ['pt-BR', 'pt'],
  ['EN-us', 'en'],
  ['zh-Hant-TW', 'zh'],
  ['iw', 'he'],
  ['ceb', 'ceb'],
])('[P2] %s is %s', ([tag, language]) => {
  expect(toLanguage(tag)).toBe(language);
});

test.for(['', 'und', 'e', 'english!', 'de_', '-', 'x'.repeat(9), '\ud800', '__proto__', 'de\n'])(
  '[P2] %j is no language',
  (tag) => {
    expect(toLanguage(tag)).toBeUndefined();
  },
);

const parses = (wishes: unknown) => v.is(findSchema, wishes);
const list = (length: number, entry: (index: number) => string) =>
  Array.from({ length }, (_, index) => entry(index));

test('[P3] a find without wishes has the defaults', () => {
  expect(v.parse(findSchema, {})).toEqual(DEFAULT_WISHES);
  expect(DEFAULT_WISHES).toEqual({
    mode: 'video',
    interests: [],
    languages: [],
    anyone: false,
    requeue: false,
    relayOnly: false,
  });
});

test('[P3] interests and languages come out in their form, each once', () => {
  const wishes = { interests: ['Tea', 'tea!', ' ', '?', 'Go'], languages: ['de-AT', 'de', 'EN'] };
  expect(v.parse(findSchema, wishes)).toMatchObject({ interests: ['tea', 'go'], languages: ['de', 'en'] });
});

test('[P3] so many, so long, and no more', () => {
  const longest = '😀'.repeat(INTEREST_LENGTH_MAX);
  expect(parses({ interests: list(INTERESTS_MAX, (index) => `band ${index}`) })).toBe(true);
  expect(parses({ interests: list(INTERESTS_MAX + 1, (index) => `band ${index}`) })).toBe(false);
  expect(parses({ interests: [longest] })).toBe(true);
  expect(parses({ interests: [`${longest}!`] })).toBe(true);
  expect(parses({ interests: [`${longest}x`] })).toBe(false);
  expect(parses({ interests: ['!'.repeat(1_000)] })).toBe(false);
  expect(parses({ languages: ['de', 'en', 'fa', 'fr', 'ja'].slice(0, LANGUAGES_MAX) })).toBe(true);
  expect(parses({ languages: list(LANGUAGES_MAX + 1, () => 'de') })).toBe(false);
});

test('[P4] the order of what is named says nothing, everything else does', () => {
  const wishes = { ...DEFAULT_WISHES, interests: ['tea', 'go'], languages: ['de', 'en'] };
  expect(sameWishes(wishes, { ...wishes, interests: ['go', 'tea'], languages: ['en', 'de'] })).toBe(true);
  for (const other of [
    { mode: 'text' as const },
    { interests: ['tea'] },
    { interests: ['tea', 'jazz'] },
    { languages: [] },
    { languages: ['de', 'fa'] },
    { anyone: true },
    { requeue: true },
    { relayOnly: true },
  ]) {
    expect(sameWishes(wishes, { ...wishes, ...other })).toBe(false);
    expect(sameWishes({ ...wishes, ...other }, wishes)).toBe(false);
  }
});
