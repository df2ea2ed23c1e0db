/** How one language writes numbers, lists and times, and which of its plural forms a number takes. */
export interface Formats {
  number(value: number): string;
  /** The form for `count`; `other` where the language has no form of its own for it. */
  plural(count: number, forms: PluralForms): string;
  /** a, b and c */
  all(words: readonly string[]): string;
  /** a, b or c */
  any(words: readonly string[]): string;
  /** Hours and minutes of a moment (milliseconds since 1970) where the reader is, by the clock they are used to. */
  time(at: number): string;
  /** The day and the minute of a moment, where the reader is. */
  moment(at: number): string;
  /** What a language is called; its code where nobody knows. */
  language(code: string): string;
  /** The order of two words, as `Array.sort` wants it. */
  compare(one: string, other: string): number;
}

type PluralForms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** The formats of a language. `locale`: a BCP 47 tag. */
export function formatsOf(locale: string): Formats {
  const numbers = new Intl.NumberFormat(locale);
  const plurals = new Intl.PluralRules(locale);
  const conjunctions = new Intl.ListFormat(locale, { type: 'conjunction' });
  const disjunctions = new Intl.ListFormat(locale, { type: 'disjunction' });
  const languages = new Intl.DisplayNames(locale, { type: 'language' });
  const order = new Intl.Collator(locale);
  return {
    number: (value) => numbers.format(value),
    plural: (count, forms) => forms[plurals.select(count)] ?? forms.other,
    all: (words) => conjunctions.format(words),
    any: (words) => disjunctions.format(words),
    time(at) {
      // Whether the day has twice twelve hours is a habit of the reader's, not of the page's language.
      const { hourCycle } = new Intl.DateTimeFormat(undefined, { hour: 'numeric' }).resolvedOptions();
      const options = { hour: '2-digit', minute: '2-digit', ...(hourCycle && { hourCycle }) } as const;
      return new Intl.DateTimeFormat(locale, options).format(at);
    },
    moment: (at) => new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short' }).format(at),
    language: (code) => languages.of(code) ?? code,
    compare: (one, other) => order.compare(one, other),
  };
}
