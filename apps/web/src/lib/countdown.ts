import type { Clock, Unsubscribe } from '@passerby/call';
import { createSubscriber } from 'svelte/reactivity';

/** The whole seconds to one moment: whoever reads them in an effect runs again as each is over. */
export class Countdown {
  readonly #clock: Clock;
  readonly #subscribe = createSubscriber((update) => {
    this.#changed = update;
    return () => {
      this.#changed = undefined;
      this.#cancel?.();
    };
  });
  #changed: (() => void) | undefined;
  #cancel: Unsubscribe | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `moment`: in milliseconds since 1970; 0 once it has come, and where there is none. */
  secondsTo(moment: number | undefined): number {
    this.#subscribe();
    this.#cancel?.();
    const ms = moment === undefined ? 0 : moment - this.#clock.now();
    if (ms <= 0) return 0;
    const seconds = Math.ceil(ms / 1_000);
    if (this.#changed) this.#cancel = this.#clock.after(ms - (seconds - 1) * 1_000, this.#changed);
    return seconds;
  }
}
