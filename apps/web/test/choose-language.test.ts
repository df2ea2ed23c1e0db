import { expect, test } from 'vitest';
import { chooseLanguage } from '../src/lib/i18n/choose-language.ts';

const OFFERED = ['de', 'en', 'ar'] as const satisfies [string, ...string[]];

function chosen(accepted: string | null, cookie?: string): string {
  return chooseLanguage(cookie, accepted, [...OFFERED]);
}

test('[U41] what was chosen comes first, where it is offered', () => {
  expect(chosen('en', 'ar')).toBe('ar');
  for (const cookie of ['fr', '', 'AR', '../en', 'en-XA', '%passerby.noscript%']) {
    expect(chosen('en', cookie)).toBe('en');
  }
});

test.each([
  ['ar,en;q=0.5', 'ar'],
  ['en;q=0.5, ar', 'ar'],
  ['fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5', 'en'],
  ['en-GB', 'en'],
  ['EN-us', 'en'],
  ['ar-EG;q=0.1', 'ar'],
  ['fr, *;q=0.1', 'de'],
  ['en;q=0, ar;q=0.1', 'ar'],
])('[U41] a browser that asks for %j is served in %s', (accepted, language) => {
  expect(chosen(accepted)).toBe(language);
});

test.each([null, '', 'fr', 'en;q=0', 'en;q=nonsense', ';;;,,,q=', 'e', 'x'.repeat(10_000)])(
  "[U41] after %j it is the operator's first",
  (accepted) => {
    expect(chosen(accepted)).toBe('de');
  },
);

test('[U41] a form of a language serves who reads another form of it', () => {
  expect(chooseLanguage(undefined, 'pt', ['en', 'pt-BR'])).toBe('pt-BR');
  expect(chooseLanguage(undefined, 'pt-PT', ['en', 'pt-BR'])).toBe('pt-BR');
});
