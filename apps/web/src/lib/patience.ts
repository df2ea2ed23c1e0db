import type { CallState, Clock, Unsubscribe } from '@passerby/call';
import { Changes } from './changes.ts';

/** So long somebody searches before being asked whether they are still there. */
const ASK_AFTER_MS = 180_000;
/** And so long the question stands; the ring beside it shows it. */
export const ANSWER_WITHIN_MS = 30_000;
/** Nobody is matched with a pocket: a search that nobody can see ends. */
const HIDDEN_MS = 30_000;

/** Ends searches that nobody waits for any more. */
export class Patience {
  readonly #clock: Clock;
  readonly #giveUp: () => void;
  readonly #changes = new Changes();
  #searching = false;
  #unseen = false;
  #asking = false;
  #gaveUp = false;
  #stopAsking: Unsubscribe | undefined;
  #stopHiding: Unsubscribe | undefined;

  /** `giveUp` is to end the search. */
  constructor(clock: Clock, giveUp: () => void) {
    this.#clock = clock;
    this.#giveUp = giveUp;
  }

  /** "Still there?" is on screen. */
  get asking(): boolean {
    this.#changes.watch();
    return this.#asking;
  }

  /** The last search ended this way, and none has begun since. */
  get gaveUp(): boolean {
    this.#changes.watch();
    return this.#gaveUp;
  }

  /** To be told of each change of these. */
  note(status: CallState['status'], hidden: boolean): void {
    const searching = status === 'searching';
    if (searching || status === 'starting') this.#say({ gaveUp: false });
    if (searching !== this.#searching) {
      this.#searching = searching;
      this.#wait();
    }
    const unseen = searching && hidden;
    if (unseen === this.#unseen) return;
    this.#unseen = unseen;
    this.#stopHiding?.();
    this.#stopHiding = unseen ? this.#clock.after(HIDDEN_MS, () => this.#end()) : undefined;
  }

  /** A key, a click, a touch: somebody is there. */
  answer(): void {
    if (this.#asking) this.#wait();
  }

  close(): void {
    this.#stopAsking?.();
    this.#stopHiding?.();
  }

  #wait(): void {
    this.#say({ asking: false });
    this.#stopAsking?.();
    this.#stopAsking = this.#searching ? this.#clock.after(ASK_AFTER_MS, () => this.#ask()) : undefined;
  }

  #ask(): void {
    this.#say({ asking: true });
    this.#stopAsking = this.#clock.after(ANSWER_WITHIN_MS, () => this.#end());
  }

  #end(): void {
    this.#say({ gaveUp: true });
    this.#giveUp();
  }

  #say({ asking = this.#asking, gaveUp = this.#gaveUp }: { asking?: boolean; gaveUp?: boolean }): void {
    if (asking === this.#asking && gaveUp === this.#gaveUp) return;
    this.#asking = asking;
    this.#gaveUp = gaveUp;
    this.#changes.tell();
  }
}
