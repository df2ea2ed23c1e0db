import type { CallView, Clock } from '@passerby/call';
import type { CallEngine } from './call.svelte.ts';
import type { Beside } from './controls.ts';
import { Countdown } from './countdown.ts';
import { Elapsed } from './elapsed.ts';
import { FailedConnects } from './failed-connects.ts';
import { NextPress, type ConfirmSkip } from './next-press.ts';
import { Pace } from './pace.ts';
import { Patience } from './patience.ts';
import { Reporting } from './safety/reporting.ts';
import type { SafetyClient } from './safety/safety-client.ts';

/** What a screen counts and keeps in mind beside a call: how often, how long, with whom. Closed with the screen. */
export class BesideCall {
  readonly patience: Patience;
  readonly reporting: Reporting;
  readonly #call: Pick<CallEngine, 'next' | 'stop'>;
  readonly #press: NextPress;
  readonly #pace: Pace;
  readonly #cooling: Countdown;
  readonly #failed: FailedConnects;
  readonly #lost: Elapsed;

  constructor(call: Pick<CallEngine, 'next' | 'stop'>, safety: SafetyClient | undefined, clock: Clock) {
    this.#call = call;
    this.#press = new NextPress(clock);
    this.#pace = new Pace(clock);
    this.#cooling = new Countdown(clock);
    this.#failed = new FailedConnects(clock);
    this.#lost = new Elapsed(clock);
    this.patience = new Patience(clock, () => call.stop());
    this.reporting = new Reporting(safety, clock);
  }

  /** What of it the screen shows. */
  known(view: CallView): Beside {
    const { state } = view;
    return {
      armed: this.#press.isArmed(view),
      asking: this.patience.asking,
      gaveUp: this.patience.gaveUp,
      coolsFor: this.#cooling.secondsTo(state.status === 'searching' ? state.slowedUntil : undefined),
      failedConnects: this.#failed.count,
      justFailed: this.#failed.isNews,
      lostFor: this.#lost.seconds,
      safetyNews: this.reporting.news,
    };
  }

  /** To be told of each change of the call; `hidden`: nobody looks at the page. */
  note(view: CallView, hidden: boolean): void {
    this.patience.note(view.state.status, hidden);
    this.reporting.note(view);
    this.#failed.note(view);
    this.#lost.note(view.state.status === 'reconnecting');
  }

  /** Next was pressed. `viewNow`: what the call shows when it is time. */
  next(viewNow: () => CallView, confirm: ConfirmSkip): void {
    const view = viewNow();
    if (!this.#press.press(view, confirm)) return;
    this.#pace.run(() => {
      if (matchIdOf(viewNow()) === matchIdOf(view)) this.#call.next();
    });
  }

  /** Who is blocked is left at once, whatever the server says to it; for the one who has gone the countdown is over. */
  block(view: CallView): void {
    void this.reporting.block();
    if ('match' in view.state || view.state.status === 'parted') this.#call.next();
  }

  /** Anything but Next was pressed. */
  relent(): void {
    this.#press.relent();
  }

  /** The count of what could not be connected begins anew. */
  keepTrying(): void {
    this.#failed.forget();
  }

  close(): void {
    this.#press.relent();
    this.#pace.close();
    this.#failed.close();
    this.#lost.close();
    this.patience.close();
    this.reporting.close();
  }
}

function matchIdOf({ state }: CallView): string | undefined {
  return 'match' in state ? state.match.matchId : undefined;
}
