import {
  DEFAULT_WISHES,
  INTERESTS_MAX,
  INTEREST_LENGTH_MAX,
  toInterest,
  toLanguage,
  WISH_RAW_LENGTH_MAX,
} from '@passerby/protocol';
import type { Wishes } from '../core/types.ts';
import type { Parameters } from './text-api-form.ts';

/** What clients that were never asked for a language send. */
const UNASKED = 'en';

/** What a `/start` asks for in `topics` and `lang`. Values that make no sense are as good as none. */
export function toWishes(parameters: Parameters): Wishes {
  const interests = toInterests(parameters.get('topics'));
  const language = toLanguage(parameters.get('lang'));
  return {
    ...DEFAULT_WISHES,
    mode: 'text',
    interests,
    languages: language === undefined ? [] : [language],
    // A language that nobody chose is offered to those who look for it, and is no reason to wait.
    anyone: interests.length === 0 && language === UNASKED,
  };
}

function toInterests(topics: string): string[] {
  const interests = new Set<string>();
  for (const topic of toTopics(topics)) {
    if (topic.length > WISH_RAW_LENGTH_MAX) continue;
    const interest = toInterest(topic);
    if (interest !== '' && [...interest].length <= INTEREST_LENGTH_MAX) interests.add(interest);
    if (interests.size === INTERESTS_MAX) break;
  }
  return [...interests];
}

/** A JSON list of strings; there are also clients that send bare words. */
function toTopics(topics: string): string[] {
  try {
    const list: unknown = JSON.parse(topics);
    return Array.isArray(list) ? list.filter((topic) => typeof topic === 'string') : [];
  } catch {
    return /["{}[\]]/.test(topics) ? [] : topics.split(',');
  }
}
