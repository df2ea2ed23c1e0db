import type { Clock, Unsubscribe } from '@passerby/call';

/** One skip follows another no sooner. */
export const PACE_MS = 700;

/** Lets what is done again and again be done at a pace: what comes too soon waits for its time. */
export class Pace {
  readonly #clock: Clock;
  #last = Number.NEGATIVE_INFINITY;
  #cancel: Unsubscribe | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Does it now or when it is time. Asked for twice meanwhile it is done once. */
  run(act: () => void): void {
    this.close();
    const wait = this.#last + PACE_MS - this.#clock.now();
    if (wait > 0) this.#cancel = this.#clock.after(wait, () => this.#act(act));
    else this.#act(act);
  }

  /** What waits is not done any more. */
  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #act(act: () => void): void {
    this.#last = this.#clock.now();
    act();
  }
}
