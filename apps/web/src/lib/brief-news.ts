import type { Clock, Unsubscribe } from '@passerby/call';
import { Changes } from './changes.ts';

/** What is said for a while: whoever reads it in an effect runs again when it is said, and when its time is over. */
export class BriefNews<News extends string> {
  readonly #clock: Clock;
  readonly #forMs: number;
  readonly #changes = new Changes();
  #news: News | undefined;
  #cancel: Unsubscribe | undefined;

  constructor(clock: Clock, forMs: number) {
    this.#clock = clock;
    this.#forMs = forMs;
  }

  /** Undefined while there is none. */
  get current(): News | undefined {
    this.#changes.watch();
    return this.#news;
  }

  /** In the place of what was said before. */
  say(news: News): void {
    this.#cancel?.();
    this.#cancel = this.#clock.after(this.#forMs, () => this.end());
    this.#show(news);
  }

  end(): void {
    this.#cancel?.();
    if (this.#news !== undefined) this.#show(undefined);
  }

  #show(news: News | undefined): void {
    this.#news = news;
    this.#changes.tell();
  }
}
