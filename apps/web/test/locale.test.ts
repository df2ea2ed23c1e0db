import { expect, test } from 'vitest';
import { createLocale } from '../src/lib/i18n/locale.ts';
import { loadMessages, partOf } from '../src/lib/i18n/page-languages.ts';

async function localeIn(language: string) {
  const chosen: string[] = [];
  const route = async (name: string) => {
    const part = partOf(name);
    return {
      language: chosen.at(-1) ?? language,
      part,
      messages: await loadMessages(chosen.at(-1) ?? language, part),
    };
  };
  let shown = await route('/(session)/chat');
  const locale = createLocale({
    loaded: () => shown,
    offered: ['en', 'de', 'ar'],
    onchosen: (name) => chosen.push(name),
  });
  return { locale, chosen, go: async (name: string) => (shown = await route(name)) };
}

test('[U42] two pages are in two languages at once', async () => {
  const [german, english] = await Promise.all([localeIn('de'), localeIn('en')]);
  await english.locale.choose('ar');
  expect([german.locale.language, german.locale.messages.call.next]).toEqual(['de', 'Weiter']);
  expect([english.locale.language, english.locale.messages.call.next]).toEqual(['ar', 'التالي']);
  expect([german.chosen, english.chosen]).toEqual([[], ['ar']]);
});

test('[U42] of two languages chosen one after another the last one stays', async () => {
  const { locale, chosen } = await localeIn('en');
  await Promise.all([locale.choose('de'), locale.choose('ar')]);
  expect([locale.language, chosen]).toEqual(['ar', ['ar']]);
});

test('[U42] a language that cannot be loaded changes nothing', async () => {
  const { locale, chosen } = await localeIn('de');
  await expect(locale.choose('xx')).rejects.toThrow();
  expect([locale.language, locale.messages.call.next, chosen]).toEqual(['de', 'Weiter', []]);
});

test('[U42] a language stays over a change of the route, also where it was still on its way', async () => {
  const { locale, go } = await localeIn('en');
  await locale.choose('de');
  await go('/(pages)/rules');
  expect([locale.language, locale.messages.rules.title]).toEqual(['de', 'Die Regeln']);
  const arriving = locale.choose('ar');
  await go('/');
  await arriving;
  expect(locale.language).toBe('ar');
  expect('rules' in locale.messages).toBe(false);
});
