/** A clock that moves only when it is told to. */
export class TestClock {
  #now = 1_000_000_000_000;

  readonly now = (): number => this.#now;

  advance(ms: number): void {
    this.#now += ms;
  }
}
