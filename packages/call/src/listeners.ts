import type { Unsubscribe } from './types.ts';

/** Who listens to one thing. */
export class Listeners<Event> {
  readonly #listeners = new Set<(event: Event) => void>();

  on(listener: (event: Event) => void): Unsubscribe {
    // A wrapper of its own, so that one function may listen twice and leave once.
    const entry = (event: Event): void => listener(event);
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  /** A listener that throws disturbs neither the others nor the caller; its error surfaces as an uncaught one. */
  emit(event: Event): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}
