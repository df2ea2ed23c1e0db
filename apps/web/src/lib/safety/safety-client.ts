import type { Unsubscribe } from '@passerby/call';

/** Why somebody is reported, warned or banned; the first is what is looked at first. */
export const REPORT_REASONS = [
  'minor',
  'sexual',
  'harassment',
  'danger',
  'recording',
  'spam',
  'illegal',
  'other',
] as const;
export type ReportReason = (typeof REPORT_REASONS)[number];

/** Longest note of a report, in characters (code points). */
export const NOTE_LENGTH_MAX = 500;

export interface Report {
  matchId: string;
  reason: ReportReason;
  /** '' where the reason says it all. */
  note: string;
  /** The last texts of that match go with it. */
  withTexts: boolean;
}

/** Longest appeal, in characters (code points). */
export const APPEAL_LENGTH_MAX = 1_000;

export interface Warning {
  id: string;
  reason: ReportReason;
  /** When it happened that somebody is warned of, in milliseconds since 1970. */
  at: number;
}

export interface Ban {
  /** What to name to whoever is asked about it. */
  caseId: string;
  reason: ReportReason;
  /** In milliseconds since 1970; `until`: absent where it has no end. */
  from: number;
  until?: number;
  /** Text chats are left to them. */
  textAllowed: boolean;
  appeal: 'possible' | 'made' | 'rejected';
}

/** What is held against an account. */
export interface Standing {
  /** That has not been acknowledged. */
  warning?: Warning;
  ban?: Ban;
}

/**
 * The way to those who see to the rules. A page has one where its server does. What it is asked to do is done when it
 * resolves; it rejects where that is not certain, after 10 s at the latest.
 */
export interface SafetyClient {
  /** As the server said last; a new object after each change. */
  readonly standing: Standing;
  /** Called after each change of it. */
  on(listener: () => void): Unsubscribe;
  /** From then on the two are never brought together again. */
  report(report: Report): Promise<void>;
  /** Nobody broke a rule: from then on the two are never brought together again, and that is all. */
  block(matchId: string): Promise<void>;
  /** The warning has been read. */
  acknowledge(warningId: string): Promise<void>;
  /** Asks for a ban to be looked at again; it is `made` from then on. */
  appeal(caseId: string, text: string): Promise<void>;
}
