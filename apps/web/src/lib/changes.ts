import { createSubscriber } from 'svelte/reactivity';

/** Lets effects know of what changes outside of Svelte's own state, in a class that has no state of Svelte's. */
export class Changes {
  readonly #subscribe = createSubscriber((update) => {
    this.#tell = update;
    return () => (this.#tell = undefined);
  });
  #tell: (() => void) | undefined;

  /** For what reads: an effect that does runs again at the next change. */
  watch(): void {
    this.#subscribe();
  }

  /** For what writes: it has changed. */
  tell(): void {
    this.#tell?.();
  }
}
