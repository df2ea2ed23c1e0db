import type { Wishes } from '@passerby/protocol';
import { languageName } from './languages.ts';

type Named = Pick<Wishes, 'interests' | 'languages'>;

/** How many are named one by one where there is one line; the rest is counted. */
const NAMED_MAX = 3;

/**
 * Wrapped in U+2068 and U+2069: words of strangers and other scripts do not reorder the sentence around them.
 * An interest holds no such character itself (see `toInterest`).
 */
function isolated(word: string): string {
  return `\u2068${word}\u2069`;
}

function listed(words: readonly string[], type: 'conjunction' | 'disjunction', most: number): string {
  const named = words.slice(0, most).map(isolated);
  if (words.length > most) named.push(`${words.length - most} more`);
  return new Intl.ListFormat('en-GB', { type }).format(named);
}

function named(languages: readonly string[]): string[] {
  return languages.map((language) => languageName(language));
}

/** What both asked for, in whole sentences; empty where they share nothing. */
export function sharedText({ interests, languages }: Named, most = Number.POSITIVE_INFINITY): string {
  const sentences = [];
  if (interests.length > 0) sentences.push(`You both like ${listed(interests, 'conjunction', most)}.`);
  if (languages.length > 0) {
    sentences.push(`You both speak ${listed(named(languages), 'conjunction', most)}.`);
  }
  return sentences.join(' ');
}

/** The same for one line. */
export function sharedLine(shared: Named): string {
  return sharedText(shared, NAMED_MAX);
}

/** Whom the wishes describe, as it follows "someone"; empty where anybody is meant. */
export function soughtText({ interests, languages }: Named): string {
  const parts = [];
  if (interests.length > 0) parts.push(`who likes ${listed(interests, 'disjunction', NAMED_MAX)}`);
  if (languages.length > 0) {
    parts.push(`who speaks ${listed(named(languages), 'disjunction', NAMED_MAX)}`);
  }
  return parts.join(', or ');
}

/** Whether the wishes describe anybody in particular. */
export function isChoosy({ interests, languages }: Named): boolean {
  return interests.length > 0 || languages.length > 0;
}
