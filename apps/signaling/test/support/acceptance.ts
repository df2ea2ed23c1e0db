import type { Wishes } from '@passerby/protocol';

/** Somebody who looks: what is wished, and whether anyone will do by now. */
export interface Seeker {
  wishes: Wishes;
  anyone: boolean;
}

/** Whether these wishes insist on anything for a while. */
export function insists({ anyone, interests, languages }: Wishes): boolean {
  return !anyone && interests.length + languages.length > 0;
}

/** Rule B37, word by word. */
export function accept(one: Seeker, other: Seeker): boolean {
  return one.wishes.mode === other.wishes.mode && accepts(one, other) && accepts(other, one);
}

function accepts({ wishes, anyone }: Seeker, { wishes: others }: Seeker): boolean {
  const satisfied = (named: readonly string[], offered: readonly string[]) =>
    named.length === 0 || named.some((one) => offered.includes(one));
  return (
    anyone || (satisfied(wishes.interests, others.interests) && satisfied(wishes.languages, others.languages))
  );
}

/** Wishes of which some fit: few interests and languages, often none. `random` is uniform in [0, 1). */
export function drawWishes(random: () => number): Pick<Wishes, 'interests' | 'languages' | 'anyone'> {
  const some = (from: readonly string[], probability: number) =>
    random() < 0.5 ? [] : from.filter(() => random() < probability);
  return {
    interests: some(['tea', 'go', 'jazz', 'chess', 'moss'], 0.4),
    languages: some(['de', 'en', 'fa'], 0.4),
    anyone: random() < 0.1,
  };
}
