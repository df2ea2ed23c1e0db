import { describe, expect, test } from 'vitest';
import type { Messages } from '../src/lib/i18n/messages/en.ts';
import {
  directionOf,
  isPageLanguage,
  loadMessages,
  ownNameOf,
  partOf,
  PAGE_LANGUAGES,
  PSEUDO_LANGUAGE,
} from '../src/lib/i18n/page-languages.ts';
import { unbracketed } from './unbracketed.ts';
import { english, pseudo, wholeLanguage } from './whole-language.ts';

const NUMBERS = [0, 1, 2, 3, 11, 100];
const LISTS = [['chess'], ['chess', 'tea']];

/** Each message by its path; where something is put into it, with some numbers, or lists where it takes none. */
function said(message: unknown, path = ''): [path: string, texts: string[]][] {
  if (typeof message === 'string') return [[path, [message]]];
  if (typeof message === 'function') {
    const say = (part: unknown): string => String(message(part, part));
    try {
      return [[path, NUMBERS.map(say)]];
    } catch {
      return [[path, LISTS.map(say)]];
    }
  }
  const entries = Object.entries(message as object).filter(([name]) => name !== 'format');
  return entries.flatMap(([name, value]) => said(value, `${path}.${name}`));
}

function paths(messages: Messages): string[] {
  return said(messages)
    .map(([path]) => path)
    .sort();
}

test('[U40] English, German and Arabic are there, and the pseudo-language only for who names it', () => {
  expect(PAGE_LANGUAGES).toEqual(['en', 'ar', 'de']);
  expect(isPageLanguage(PSEUDO_LANGUAGE)).toBe(true);
  for (const name of ['', 'xx', 'constructor', '../formats']) expect(isPageLanguage(name)).toBe(false);
});

describe.each(PAGE_LANGUAGES)('[U40] in %s', (language) => {
  test('[U40] there is every message of English and no other', async () => {
    expect(paths(await wholeLanguage(language))).toEqual(paths(english));
  });

  test('[U40] no message is empty, and none shows what a program calls nothing', async () => {
    for (const [path, texts] of said(await wholeLanguage(language))) {
      expect(texts, path).not.toHaveLength(0);
      for (const text of texts) {
        expect(text, path).toMatch(/\S/);
        expect(text, path).not.toMatch(/undefined|null|NaN|\[object|\$\{/);
      }
    }
  });

  test('[U40] a language has its own name, and the page says which way it is written', () => {
    expect([ownNameOf(language), directionOf(language)]).toEqual(
      { en: ['English', 'ltr'], de: ['Deutsch', 'ltr'], ar: ['العربية', 'rtl'] }[language],
    );
  });
});

test('[U40] each language speaks for itself: no sentence is left in English', async () => {
  const sentence = /\w+ \w+ \w+/;
  for (const language of PAGE_LANGUAGES.filter((other) => other !== 'en')) {
    const own = new Map(said(await wholeLanguage(language)));
    const same = said(english).filter(
      ([path, texts]) => texts.some((text) => sentence.test(text)) && own.get(path)?.join() === texts.join(),
    );
    expect(same.map(([path]) => path)).toEqual([]);
  }
  const arabic = said(await wholeLanguage('ar')).filter(
    ([path]) => !/sentences|length|shift|parted/.test(path),
  );
  for (const [path, texts] of arabic) expect(texts.join(), path).toMatch(/\p{Script=Arabic}/u);
});

test('[U40] numbers take the forms of their language', async () => {
  const arabic = await wholeLanguage('ar');
  expect([0, 1, 2, 3, 11, 100].map(arabic.landing.hereNow)).toEqual([
    'لا أحد هنا الآن',
    'شخص واحد هنا الآن',
    'شخصان هنا الآن',
    '3 أشخاص هنا الآن',
    '11 شخصًا هنا الآن',
    '100 شخص هنا الآن',
  ]);
  const german = await wholeLanguage('de');
  expect(german.landing.hereNow(1_234)).toBe('1.234 Menschen sind gerade hier');
  expect(german.wishes.bothLike(['Tee', 'Schach'])).toBe('Ihr mögt beide Tee und Schach.');
});

test('[U43] a route is given the part of a language that it says, and no other', async () => {
  const parts = { '/': 'landing', '/(pages)/rules': 'rules', '/(session)/chat': 'call' } as const;
  for (const route of Object.keys(parts)) {
    const messages = await loadMessages('de', partOf(route));
    const there = Object.values(parts).filter((name) => name in messages);
    expect(there).toEqual(['landing', ...(route === '/' ? [] : [parts[route as keyof typeof parts]])]);
  }
  expect(partOf(null)).toBeUndefined();
  await expect(loadMessages('xx', undefined)).rejects.toThrow('no such language: xx');
});

test('[U44] I01 the pseudo-language puts everything in brackets, with accents and 40 % longer', () => {
  const originals = new Map(said(english));
  expect(paths(pseudo)).toEqual(paths(english));
  expect(pseudo.call.stop).toBe('[Šţöƥ ~]');
  for (const [path, texts] of said(pseudo)) {
    for (const [index, text] of texts.entries()) {
      expect(unbracketed(text), path).toBe('');
      const original = originals.get(path)?.[index] ?? '';
      expect(text.length, path).toBeGreaterThanOrEqual(original.length * 1.4);
    }
  }
});
