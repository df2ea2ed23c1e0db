import type { AccountId } from '../core/types.ts';

/**
 * Pairs of accounts that must not meet again for a while. Looking a pair up
 * costs the same however many there are; what has run out is forgotten in the
 * order in which it does, a bounded number at each new entry.
 */
export class BarredPairs {
  readonly #until = new Map<string, number>();

  /** Bars the two until `until` (milliseconds), or longer if they already are. */
  bar(a: AccountId, b: AccountId, until: number, now: number): void {
    const pair = key(a, b);
    const longest = Math.max(until, this.#until.get(pair) ?? 0);
    this.#until.delete(pair); // so that a renewed pair moves to the end
    this.#until.set(pair, longest);
    this.#forget(now);
  }

  /** Until when the two are barred, in milliseconds; 0 if they are not. */
  until(a: AccountId, b: AccountId, now: number): number {
    const until = this.#until.get(key(a, b)) ?? 0;
    return until > now ? until : 0;
  }

  get size(): number {
    return this.#until.size;
  }

  /** Two steps for each entry made, so that the map shrinks back; a long-barred pair goes to the end. */
  #forget(now: number): void {
    let steps = 2;
    for (const [pair, until] of this.#until) {
      if (steps-- === 0) return;
      this.#until.delete(pair);
      if (until > now) {
        this.#until.set(pair, until);
        return;
      }
    }
  }
}

function key(a: AccountId, b: AccountId): string {
  return a < b ? `${a}\n${b}` : `${b}\n${a}`;
}
