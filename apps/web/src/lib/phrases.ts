import type { Wishes } from '@passerby/protocol';
import type { Messages } from './i18n/messages/en.ts';

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

function listed(words: readonly string[], most: number, m: Messages): string[] {
  const named = words.slice(0, most).map(isolated);
  if (words.length > most) named.push(m.wishes.more(words.length - most));
  return named;
}

function named(languages: readonly string[], m: Messages): string[] {
  return languages.map((language) => m.format.language(language));
}

/** What both asked for, in whole sentences; empty where they share nothing. */
export function sharedText(
  { interests, languages }: Named,
  m: Messages,
  most = Number.POSITIVE_INFINITY,
): string {
  const sentences = [];
  if (interests.length > 0) sentences.push(m.wishes.bothLike(listed(interests, most, m)));
  if (languages.length > 0) sentences.push(m.wishes.bothSpeak(listed(named(languages, m), most, m)));
  return sentences.join(' ');
}

/** The same for one line. */
export function sharedLine(shared: Named, m: Messages): string {
  return sharedText(shared, m, NAMED_MAX);
}

/** Whom the wishes describe, as it follows the title of a search; empty where anybody is meant. */
export function soughtText({ interests, languages }: Named, m: Messages): string {
  const liked = listed(interests, NAMED_MAX, m);
  const spoken = listed(named(languages, m), NAMED_MAX, m);
  if (liked.length === 0) return spoken.length === 0 ? '' : m.wishes.speaks(spoken);
  return spoken.length === 0 ? m.wishes.likes(liked) : m.wishes.likesOrSpeaks(liked, spoken);
}

/** Whether the wishes describe anybody in particular. */
export function isChoosy({ interests, languages }: Named): boolean {
  return interests.length > 0 || languages.length > 0;
}
