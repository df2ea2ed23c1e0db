import type { Fallbacks, LocalMedia } from './media.ts';
import { TIMES } from './times.ts';
import type { Clock, Unsubscribe } from './types.ts';

/** That another device is in use than the one meant is told for a while, anew after each change. */
export class FallbackNotice {
  readonly #media: Pick<LocalMedia, 'fallbacks' | 'forgetFallbacks'>;
  readonly #clock: Clock;
  #told: Fallbacks;
  #cancel: Unsubscribe | undefined;

  constructor(media: Pick<LocalMedia, 'fallbacks' | 'forgetFallbacks'>, clock: Clock) {
    this.#media = media;
    this.#clock = clock;
    this.#told = media.fallbacks;
  }

  /** To be called after every change of the devices. */
  follow(): void {
    if (this.#media.fallbacks === this.#told) return;
    this.#told = this.#media.fallbacks;
    this.#cancel?.();
    this.#cancel = this.#clock.after(TIMES.fallbackMs, () => this.#media.forgetFallbacks());
  }

  close(): void {
    this.#cancel?.();
  }
}
