import type { ErrorCode, Route } from '@passerby/protocol';
import type { Mode, PartnerLeftReason } from './types.ts';

/** What one partner sent the other. */
export type Relayed = 'offer' | 'answer' | 'candidate' | 'state' | 'message' | 'typing';

/**
 * What operators count. Every argument is a number or a word of a closed list: none can name a person, a
 * match, an address or anything that was said. No verb throws, waits or brings anything about. Whoever takes
 * one takes it as an option: without it nothing is counted.
 */
export interface Metrics {
  /** Two were paired; how long each had waited, in milliseconds. Told once a match, among all nodes. */
  matched(mode: Mode, waitedMs: readonly [number, number]): void;
  /** Told once a match, among all nodes. */
  matchEnded(mode: Mode, reason: PartnerLeftReason): void;
  /** A client showed a resume token, or the proof of a match that had been forgotten. */
  resumed(outcome: 'resumed' | 'restored' | 'refused'): void;
  /** Something was taken for the partner; repeats count. */
  relayed(kind: Relayed): void;
  /** A client was refused something. */
  refused(code: ErrorCode): void;
  /** A client saw its partner: how the two reached each other, and how long after `matched`. */
  saw(route: Route, firstFrameMs: number): void;
  /** The store behind the backplane answered within so many milliseconds, or failed to. */
  storeAnswered(ms: number, ok: boolean): void;
}
