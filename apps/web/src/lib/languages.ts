import { LANGUAGES_MAX, toLanguage } from '@passerby/protocol';
import type { Formats } from './i18n/formats.ts';

export interface LanguageChoice {
  code: string;
  /** In the language of the page, and where it differs in the language itself. */
  label: string;
}

// Those with the most speakers, first and second languages together; whoever misses one has it offered
// by their browser.
const COMMON: readonly string[] = (
  'am ar az bg bn bs ca cs da de el en es et fa fi fr gu ha he hi hr hu hy id ig it ja jv ka kk km kn ko ' +
  'lo lt lv mk ml mn mr ms my ne nl no or pa pl ps pt ro ru si sk sl so sq sr sv sw ta te th tl tr uk ur ' +
  'uz vi yo zh zu'
).split(' ');

function labelOf(code: string, format: Formats): string {
  const name = format.language(code);
  const own = new Intl.DisplayNames(code, { type: 'language' }).of(code);
  // A browser that does not know the language answers in its own, or with the code.
  return own === undefined || own === code || own === name ? name : `${name} (\u2068${own}\u2069)`;
}

function choices(codes: readonly string[], format: Formats): LanguageChoice[] {
  return codes.map((code) => ({ code, label: labelOf(code, format) }));
}

/**
 * What can still be chosen: the browser's own languages (BCP 47 tags, best first), and the common ones
 * by their names. Nothing where as many are chosen as there may be.
 */
export function languageChoices(
  browser: readonly string[],
  chosen: readonly string[],
  format: Formats,
): { suggested: LanguageChoice[]; others: LanguageChoice[] } {
  if (chosen.length >= LANGUAGES_MAX) return { suggested: [], others: [] };
  const suggested = [...new Set(browser.map(toLanguage))].filter(
    (code) => code !== undefined && !chosen.includes(code),
  ) as string[];
  const others = COMMON.filter((code) => !chosen.includes(code) && !suggested.includes(code));
  const byName = choices(others, format).sort((one, other) => format.compare(one.label, other.label));
  return { suggested: choices(suggested, format), others: byName };
}
