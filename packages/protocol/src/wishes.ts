import * as v from 'valibot';
import { INTEREST_LENGTH_MAX, INTERESTS_MAX, LANGUAGES_MAX, WISH_RAW_LENGTH_MAX } from './limits.ts';

/** What people come for; each mode is a pool of its own. */
export const modeSchema = v.picklist(['video', 'voice', 'text']);
export type Mode = v.InferOutput<typeof modeSchema>;

// The joiners stay inside a word: emoji and Persian words are spelled with them.
const DROPPED = /(?![\u200c\u200d])[\p{P}\p{C}]/gu;
const JOINERS_AT_EDGES = /(?<![^ ])[\u200c\u200d]+|[\u200c\u200d]+(?![^ ])/gu;

/**
 * An interest in the form in which two are compared: lower case, without punctuation and invisible signs,
 * single spaces. Empty where nothing is left; not cut, so it may be longer than {@link INTEREST_LENGTH_MAX}.
 * For texts of {@link WISH_RAW_LENGTH_MAX} at most: the time grows with the square of the length.
 */
export function toInterest(text: string): string {
  const words = text.replace(/\s+/gu, ' ').replace(DROPPED, '').replace(JOINERS_AT_EDGES, '');
  // What was dropped may have stood between a letter and its accent, so they are composed last.
  return words.replace(/ {2,}/g, ' ').trim().toLowerCase().normalize('NFC');
}

/** The language of a BCP 47 tag (`pt` of `pt-BR`), in which two are compared; undefined for what is no tag. */
export function toLanguage(tag: string): string | undefined {
  try {
    const { language } = new Intl.Locale(tag);
    return language === 'und' ? undefined : language;
  } catch {
    return undefined;
  }
}

const rawSchema = v.pipe(v.string(), v.maxLength(WISH_RAW_LENGTH_MAX));

const interestsSchema = v.pipe(
  v.array(rawSchema),
  v.maxLength(INTERESTS_MAX),
  v.transform((texts) => unique(texts.map(toInterest).filter((interest) => interest !== ''))),
  v.everyItem((interest) => [...interest].length <= INTEREST_LENGTH_MAX),
);

const languagesSchema = v.pipe(
  v.array(v.pipe(rawSchema, v.transform(toLanguage), v.string())),
  v.maxLength(LANGUAGES_MAX),
  v.transform(unique),
);

/** The wishes of a `peer:find`. Everything is optional; what is absent is as in {@link DEFAULT_WISHES}. */
export const findSchema = v.object({
  mode: v.optional(modeSchema, 'video'),
  /** Meet somebody with one of these first; in the form of {@link toInterest}. */
  interests: v.optional(interestsSchema, []),
  /** Meet somebody who speaks one of these first; in the form of {@link toLanguage}. */
  languages: v.optional(languagesSchema, []),
  /** Do not wait for somebody who shares something: whoever is there is welcome. */
  anyone: v.optional(v.boolean(), false),
  /** Put me back in the pool when my partner leaves. */
  requeue: v.optional(v.boolean(), false),
  /** Never show my addresses: TURN candidates alone, on both sides. */
  relayOnly: v.optional(v.boolean(), false),
});
export type Wishes = v.InferOutput<typeof findSchema>;

/** What a find without wishes asks for. */
export const DEFAULT_WISHES: Readonly<Wishes> = v.parse(findSchema, {});

/** Whether two wishes ask for the same; the order in which interests and languages were named says nothing. */
export function sameWishes(one: Wishes, other: Wishes): boolean {
  return (
    one.mode === other.mode &&
    one.anyone === other.anyone &&
    one.requeue === other.requeue &&
    one.relayOnly === other.relayOnly &&
    sameMembers(one.interests, other.interests) &&
    sameMembers(one.languages, other.languages)
  );
}

function sameMembers(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((entry) => other.includes(entry));
}

function unique(entries: string[]): string[] {
  return [...new Set(entries)];
}
