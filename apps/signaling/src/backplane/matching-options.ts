import type { Metrics } from '../core/metrics.ts';
import type { MatchId } from '../core/types.ts';

/** What every backplane is made with, wherever it keeps what it knows. */
export interface MatchingOptions {
  /** Uniform in [0, 1). */
  random(): number;
  /** At least 128 unguessable bits. */
  newMatchId(): MatchId;
  /** Choose among this many longest-waiting compatible tickets; 1 is strict first come, first matched. */
  matchWindow: number;
  /** How long a ticket insists on the interests and languages that it names. */
  interestWaitMs: number;
  /** How long two who parted are kept apart. */
  rematchAfterMs: number;
  /** The same for two who could not connect. */
  rematchAfterFailureMs: number;
  /** Unacknowledged events a session may have before it is ended as too slow. */
  mailboxMax: number;
  metrics?: Metrics | undefined;
}
