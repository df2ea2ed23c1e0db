/** So long newcomers are let in at a stretch; then everybody else has a turn. */
const SLICE_MS = 2;

/**
 * Lets in one after another whoever comes, in the order they came. When thousands return at once, after a server
 * was killed, those who are in already are still served in between.
 */
export class Turnstile {
  #waiting: (() => void)[] = [];

  pass(enter: () => void): void {
    if (this.#waiting.push(enter) === 1) setImmediate(() => this.#turn());
  }

  #turn(): void {
    const until = performance.now() + SLICE_MS;
    let entered = 0;
    while (entered < this.#waiting.length && performance.now() < until) this.#waiting[entered++]?.();
    this.#waiting = this.#waiting.slice(entered);
    if (this.#waiting.length > 0) setImmediate(() => this.#turn());
  }
}
