import { INTEREST_LENGTH_MAX, INTERESTS_MAX, toInterest } from '@passerby/protocol';

export interface Interests {
  interests: readonly string[];
  /** What could not be taken and stays in the field. */
  rest: string;
  /** Why it could not. */
  problem: 'too-long' | 'too-many' | undefined;
}

// With the commas of Arabic, Chinese and Japanese.
const SEPARATOR = /[,،，、\n]/u;

/** Whether an interest has been typed to its end. */
export function endsInterest(typed: string): boolean {
  return SEPARATOR.test(typed);
}

/**
 * Adds what was typed, separated by commas, in the form in which interests are compared.
 * What is there already, or has no letter, is dropped; what is too long or too much stays in `rest`.
 */
export function addInterests(present: readonly string[], typed: string): Interests {
  const interests = [...present];
  const rest: string[] = [];
  let problem: Interests['problem'];
  for (const piece of typed.split(SEPARATOR)) {
    const interest = toInterest(piece);
    if (interest === '' || interests.includes(interest)) continue;
    const tooLong = [...interest].length > INTEREST_LENGTH_MAX;
    if (!tooLong && interests.length < INTERESTS_MAX) {
      interests.push(interest);
      continue;
    }
    rest.push(piece.trim());
    problem ??= tooLong ? 'too-long' : 'too-many';
  }
  return { interests, rest: rest.join(', '), problem };
}
