import { timersOf, type TimerName } from './machine.ts';
import type { CallState, Clock, Unsubscribe } from './types.ts';

/** Runs exactly the timers that a state asks for. */
export class StateTimers {
  readonly #clock: Clock;
  readonly #fire: (timer: TimerName) => void;
  readonly #running = new Map<string, Unsubscribe>();

  constructor(clock: Clock, fire: (timer: TimerName) => void) {
    this.#clock = clock;
    this.#fire = fire;
  }

  /** Starts what this state has more, cancels what it has no longer, lets the rest run on. */
  follow(state: CallState): void {
    const wanted = timersOf(state);
    const keys = new Set(wanted.map((timer) => timer.key));
    for (const [key, cancel] of this.#running) {
      if (keys.has(key)) continue;
      cancel();
      this.#running.delete(key);
    }
    for (const { key, name, ms } of wanted) {
      if (this.#running.has(key)) continue;
      this.#running.set(
        key,
        this.#clock.after(ms, () => this.#fire(name)),
      );
    }
  }
}
