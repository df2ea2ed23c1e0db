import type { Clock, Unsubscribe } from '@passerby/call';
import { Changes } from './changes.ts';

/** The whole seconds that something has gone on: whoever reads them in an effect runs again with each. */
export class Elapsed {
  readonly #clock: Clock;
  readonly #changes = new Changes();
  #since: number | undefined;
  #cancel: Unsubscribe | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** 0 while it does not go on. */
  get seconds(): number {
    this.#changes.watch();
    return this.#since === undefined ? 0 : Math.floor((this.#clock.now() - this.#since) / 1_000);
  }

  /** Whether it goes on now. */
  note(goesOn: boolean): void {
    if (goesOn === (this.#since !== undefined)) return;
    this.#cancel?.();
    this.#since = goesOn ? this.#clock.now() : undefined;
    if (goesOn) this.#countOn();
    this.#changes.tell();
  }

  close(): void {
    this.note(false);
  }

  #countOn(): void {
    const spent = this.#clock.now() - (this.#since ?? 0);
    // To the next whole second: a timer that is early is set again, and none adds to the lateness of another.
    this.#cancel = this.#clock.after(1_000 - (spent % 1_000), () => {
      this.#changes.tell();
      this.#countOn();
    });
  }
}
