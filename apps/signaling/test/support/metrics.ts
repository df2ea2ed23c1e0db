import type { Metrics } from '../../src/core/metrics.ts';

type Verb = keyof Metrics;

/** Keeps what was told, in order. */
export class TestMetrics implements Metrics {
  readonly told: { verb: Verb; args: unknown[] }[] = [];
  readonly matched = this.#keep('matched');
  readonly matchEnded = this.#keep('matchEnded');
  readonly resumed = this.#keep('resumed');
  readonly relayed = this.#keep('relayed');
  readonly refused = this.#keep('refused');
  readonly saw = this.#keep('saw');
  readonly storeAnswered = this.#keep('storeAnswered');

  /** What this verb was told, call by call. */
  of(verb: Verb): unknown[][] {
    return this.told.filter((one) => one.verb === verb).map(({ args }) => args);
  }

  #keep(verb: Verb) {
    return (...args: unknown[]): void => {
      this.told.push({ verb, args });
    };
  }
}
