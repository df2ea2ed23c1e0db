import type { Report, SafetyClient, Standing } from '../src/lib/safety/safety-client.ts';

/** What becomes of what is asked: `waits` for good. */
export type Fate = 'arrives' | 'fails' | 'waits';

/** Takes reports and appeals and keeps them to itself. */
export class FakeSafety implements SafetyClient {
  readonly reports: Report[] = [];
  readonly blocks: string[] = [];
  readonly #listeners = new Set<() => void>();
  standing: Standing;
  fate: Fate;

  constructor(fate: Fate = 'arrives', standing: Standing = {}) {
    this.fate = fate;
    this.standing = standing;
  }

  on(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** As the server would say it. */
  say(standing: Standing): void {
    this.standing = standing;
    for (const listener of this.#listeners) listener();
  }

  async report(report: Report): Promise<void> {
    this.reports.push(report);
    await this.#meetFate();
  }

  async block(matchId: string): Promise<void> {
    this.blocks.push(matchId);
    await this.#meetFate();
  }

  async acknowledge(): Promise<void> {
    await this.#meetFate();
    const { warning: _, ...rest } = this.standing;
    this.say(rest);
  }

  async appeal(): Promise<void> {
    await this.#meetFate();
    if (this.standing.ban) this.say({ ban: { ...this.standing.ban, appeal: 'made' } });
  }

  async #meetFate(): Promise<void> {
    if (this.fate === 'waits') await new Promise(() => {});
    if (this.fate === 'fails') throw new Error('it did not arrive');
  }
}
