import type { Messages, reading, session, site } from './messages/en.ts';

// The languages of the pages, which are not those that people want to talk in (`lib/languages.ts`).
// A language is one file in `messages/`, named by its BCP 47 tag; nothing else names it. By its query each part of
// it becomes a module, and so a chunk, of its own: the landing page does not load what a session says.
const FILES = {
  site: import.meta.glob<typeof site>('./messages/*.ts', { import: 'site', query: '?site' }),
  reading: import.meta.glob<typeof reading>('./messages/*.ts', { import: 'reading', query: '?reading' }),
  session: import.meta.glob<typeof session>('./messages/*.ts', { import: 'session', query: '?session' }),
};

/** Follows every text, longer and with accents: whoever tests sees by it what was forgotten. Offered only by name. */
export const PSEUDO_LANGUAGE = 'en-XA';

const ALL = Object.keys(FILES.site).map((file) => file.slice('./messages/'.length, -'.ts'.length));

/** All that are there: English first, the others by their tags. */
export const PAGE_LANGUAGES: readonly [string, ...string[]] = [
  'en',
  ...ALL.filter((language) => language !== 'en' && language !== PSEUDO_LANGUAGE).sort(),
];

/** Whether there is such a language. */
export function isPageLanguage(language: string): boolean {
  return ALL.includes(language);
}

/** Which part of a language a route needs, beside what every page may say. */
export type Part = 'reading' | 'session' | undefined;

/** The part that a route reads, by its id. */
export function partOf(route: string | null): Part {
  if (route?.startsWith('/(session)')) return 'session';
  return /^\/\((pages|notice)\)/.test(route ?? '') ? 'reading' : undefined;
}

/**
 * The messages of one language that a part of the site reads; the others are not there, whatever their type says.
 * Rejects where there is no such language, or no connection.
 */
export async function loadMessages(language: string, part: Part): Promise<Messages> {
  const file = `./messages/${language}.ts`;
  if (!FILES.site[file]) throw new Error(`no such language: ${language}`);
  const loaded = await Promise.all([FILES.site[file](), part && FILES[part][file]?.()]);
  return Object.assign({}, ...loaded) as Messages;
}

const RIGHT_TO_LEFT = new Set(['Arab', 'Hebr', 'Syrc', 'Thaa', 'Nkoo', 'Adlm', 'Rohg']);

/** Which way a language is written. */
export function directionOf(language: string): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.has(new Intl.Locale(language).maximize().script ?? '') ? 'rtl' : 'ltr';
}

/** What a language calls itself. */
export function ownNameOf(language: string): string {
  return new Intl.DisplayNames(language, { type: 'language' }).of(language) ?? language;
}
