import type { Texts } from './person.ts';

/** The matches of which both sides are there and one has not heard exactly what the other said, one line each. */
export function misheard(all: readonly Texts[]): string[] {
  const first = new Map<string, Texts>();
  const found: string[] = [];
  for (const one of all) {
    if (one.matchId === undefined) continue;
    const other = first.get(one.matchId);
    if (!other) first.set(one.matchId, one);
    else if (one.heard !== other.said || other.heard !== one.said) {
      found.push(
        `${other.name} said ${other.said} and heard ${other.heard}, ${one.name} ${one.said} and ${one.heard}`,
      );
    }
  }
  return found;
}
