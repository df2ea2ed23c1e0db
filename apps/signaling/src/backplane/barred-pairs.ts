import type { AccountId } from '../core/types.ts';

const SECOND_MS = 1_000;

/**
 * Pairs of accounts that must not meet again for a while. Looking a pair up costs the same however many
 * there are; what has run out is forgotten as new ones come, two for each. (Not from the head of one Map: it
 * walks over all that was deleted there until it is rehashed.)
 */
export class BarredPairs {
  readonly #until = new Map<string, number>();
  /** By the second in which their time is over; a pair that was barred anew stands in more than one. */
  readonly #ending = new Map<number, string[]>();
  /** Those whose second is past, to be forgotten. */
  readonly #over: string[][] = [];
  #second = 0;

  /** Bars the two until `until` (milliseconds), or longer if they already are. */
  bar(a: AccountId, b: AccountId, until: number, now: number): void {
    this.#forget(now);
    const pair = key(a, b);
    if (until <= (this.#until.get(pair) ?? 0)) return;
    this.#until.set(pair, until);
    const second = Math.floor(until / SECOND_MS);
    const pairs = this.#ending.get(second);
    if (pairs) pairs.push(pair);
    else this.#ending.set(second, [pair]);
  }

  /** Until when the two are barred, in milliseconds; 0 if they are not. */
  until(a: AccountId, b: AccountId, now: number): number {
    const until = this.#until.get(key(a, b)) ?? 0;
    return until > now ? until : 0;
  }

  get size(): number {
    return this.#until.size;
  }

  #forget(now: number): void {
    const current = Math.floor(now / SECOND_MS);
    if (current !== this.#second) this.#turnTo(current);
    for (let steps = 2; steps > 0; steps--) {
      const pair = this.#over.at(-1)?.pop();
      if (pair === undefined) this.#over.pop();
      else if ((this.#until.get(pair) ?? 0) <= now) this.#until.delete(pair);
    }
  }

  #turnTo(current: number): void {
    this.#second = current;
    for (const [second, pairs] of this.#ending) {
      if (second >= current) continue;
      this.#ending.delete(second);
      this.#over.push(pairs);
    }
  }
}

function key(a: AccountId, b: AccountId): string {
  return a < b ? `${a}\n${b}` : `${b}\n${a}`;
}
