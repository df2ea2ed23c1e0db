import type { CallView, Clock } from '@passerby/call';
import { BriefNews } from './brief-news.ts';
import { Changes } from './changes.ts';

/** From so many on something is wrong here, and not with them. */
export const FAILED_CONNECTS_MAX = 3;

/** How long it is said of each. */
const SAID_MS = 2_000;

/** How many matches in a row could not be connected. */
export class FailedConnects {
  readonly #changes = new Changes();
  readonly #latest: BriefNews<'failed'>;
  #count = 0;
  /** The last of them. */
  #matchId: string | undefined;

  constructor(clock: Clock) {
    this.#latest = new BriefNews(clock, SAID_MS);
  }

  get count(): number {
    this.#changes.watch();
    return this.#count;
  }

  /** One has just failed, and the search goes on as if nothing had been. */
  get isNews(): boolean {
    return this.#latest.current !== undefined;
  }

  /** To be told of each change of the call. */
  note({ state, textLog }: Pick<CallView, 'state' | 'textLog'>): void {
    if (state.status === 'idle' || state.status === 'connected') this.forget();
    else if (textLog?.ending === 'failed' && textLog.matchId !== this.#matchId) {
      this.#matchId = textLog.matchId;
      this.#set(this.#count + 1);
      this.#latest.say('failed');
    }
  }

  /** The count begins anew. */
  forget(): void {
    this.#latest.end();
    this.#set(0);
  }

  close(): void {
    this.#latest.end();
  }

  #set(count: number): void {
    if (count === this.#count) return;
    this.#count = count;
    this.#changes.tell();
  }
}
