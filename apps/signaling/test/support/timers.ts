/** Timers that go off when a test says that time has passed. */
export class TestTimers {
  #now = 0;
  readonly #pending = new Set<{ at: number; run: () => void }>();
  #waiting: (() => void)[] = [];

  readonly after = (ms: number, run: () => void): (() => void) => {
    const timer = { at: this.#now + ms, run };
    this.#pending.add(timer);
    for (const wake of this.#waiting.splice(0)) wake();
    return () => void this.#pending.delete(timer);
  };

  get size(): number {
    return this.#pending.size;
  }

  /** Resolves when that many are set. */
  async reached(count: number): Promise<void> {
    while (this.#pending.size < count) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  pass(ms: number): void {
    this.#now += ms;
    for (const timer of this.#pending) {
      if (timer.at > this.#now) continue;
      this.#pending.delete(timer);
      timer.run();
    }
  }
}
