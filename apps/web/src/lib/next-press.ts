import type { CallView, Clock, Unsubscribe } from '@passerby/call';
import { Changes } from './changes.ts';

/** Whether Next wants to be pressed twice: once the match is some seconds old, always, or never. */
export const CONFIRM_SKIP = ['auto', 'always', 'never'] as const;
export type ConfirmSkip = (typeof CONFIRM_SKIP)[number];

/** Until then Next is how one flips from face to face, and takes effect at once. */
const YOUNG_MS = 15_000;
/** The second press comes within this time. */
const ARMED_MS = 2_000;

/** Keeps somebody from losing a good partner by one press too many: an older match ends at the second. */
export class NextPress {
  readonly #clock: Clock;
  readonly #changes = new Changes();
  /** The match that the next press ends. */
  #armedFor: string | undefined;
  #disarm: Unsubscribe | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether Next has been pressed once, and asks to be pressed again. */
  isArmed(view: CallView): boolean {
    this.#changes.watch();
    return this.#armedFor !== undefined && this.#armedFor === matchIdOf(view);
  }

  /** Whether this press ends the match. If not it asks for another. */
  press(view: CallView, confirm: ConfirmSkip): boolean {
    const matchId = matchIdOf(view);
    const ends = matchId === undefined || this.isArmed(view) || !this.#asks(view, confirm);
    this.relent();
    if (ends) return true;
    this.#arm(matchId);
    this.#disarm = this.#clock.after(ARMED_MS, () => this.#arm(undefined));
    return false;
  }

  /** Anything else was done meanwhile: the match goes on. */
  relent(): void {
    this.#disarm?.();
    this.#disarm = undefined;
    this.#arm(undefined);
  }

  #arm(matchId: string | undefined): void {
    if (matchId === this.#armedFor) return;
    this.#armedFor = matchId;
    this.#changes.tell();
  }

  #asks({ state, textLog }: CallView, confirm: ConfirmSkip): boolean {
    // Where nobody is seen yet there is nobody to lose.
    if (state.status !== 'connected' && state.status !== 'reconnecting') return false;
    if (confirm !== 'auto') return confirm === 'always';
    return textLog !== undefined && this.#clock.now() - textLog.startedAt >= YOUNG_MS;
  }
}

function matchIdOf({ state }: CallView): string | undefined {
  return 'match' in state ? state.match.matchId : undefined;
}

export function toConfirmSkip(text: string | undefined): ConfirmSkip | undefined {
  return CONFIRM_SKIP.find((choice) => choice === text);
}
