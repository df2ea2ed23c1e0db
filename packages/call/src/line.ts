import { TIMES } from './times.ts';
import type { Clock, Unsubscribe } from './types.ts';

/** Whether the line to the server stands, and for how long it has not. */
export class Line {
  readonly #clock: Clock;
  readonly #onbanner: () => void;
  #isUp = false;
  #banner = false;
  #cancel: Unsubscribe | undefined;

  /** `onbanner`: the line has been down for long enough to say so. */
  constructor(clock: Clock, onbanner: () => void) {
    this.#clock = clock;
    this.#onbanner = onbanner;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Whether to say that it is down. */
  get banner(): boolean {
    return this.#banner;
  }

  up(): void {
    this.close();
    this.#isUp = true;
  }

  /** It went, or is being made. */
  down(): void {
    this.#cancel?.();
    this.#isUp = false;
    this.#cancel = this.#clock.after(TIMES.bannerMs, () => {
      this.#banner = true;
      this.#onbanner();
    });
  }

  /** Nobody wants it any more. */
  close(): void {
    this.#cancel?.();
    this.#isUp = this.#banner = false;
  }
}
