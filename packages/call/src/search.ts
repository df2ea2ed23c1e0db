import { sameWishes, type Wishes } from '@passerby/protocol';
import type { SignalingClient } from './types.ts';

/** Asks the server for somebody, and knows what it was last asked for: a skip asks for that again. */
export class Search {
  readonly #signaling: Pick<SignalingClient, 'find' | 'skip' | 'leave'>;
  #asked: Wishes | undefined;

  constructor(signaling: Pick<SignalingClient, 'find' | 'skip' | 'leave'>) {
    this.#signaling = signaling;
  }

  find(wishes: Wishes): void {
    this.#asked = wishes;
    this.#signaling.find(wishes);
  }

  /** Ends the match and looks for the next one by these wishes. */
  skip(matchId: string, wishes: Wishes, reason: 'failed' | undefined): void {
    if (this.#asked && sameWishes(wishes, this.#asked)) {
      this.#signaling.skip(matchId, reason);
    } else {
      // A skip searches with the old wishes, and somebody could be found by them before a find arrives.
      this.#signaling.leave(matchId);
      this.find(wishes);
    }
  }

  /** The match was made by older wishes: whether the newer ones have arrived cannot be seen. */
  doubt(): void {
    this.#asked = undefined;
  }
}
