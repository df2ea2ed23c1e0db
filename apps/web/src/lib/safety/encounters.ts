import type { CallView } from '@passerby/call';

/** So long after a match ended its other side can still be reported. */
export const REPORT_WITHIN_MS = 300_000;

/** How many matches are kept in mind: the one that is on, and the one before. */
const ENCOUNTERS_MAX = 2;

/** A match as far as it matters to a report. */
export interface Encounter {
  readonly matchId: string;
  /** Milliseconds since 1970; undefined while it is on. */
  readonly endedAt: number | undefined;
}

/** The latest matches, newest first, after what a call shows now; the same list where that is nothing new. */
export function encountersAfter(
  before: readonly Encounter[],
  { textLog }: Pick<CallView, 'textLog'>,
): readonly Encounter[] {
  const [latest] = before;
  if (!textLog || (latest?.matchId === textLog.matchId && latest.endedAt === textLog.endedAt)) return before;
  const { matchId, startedAt, endedAt } = textLog;
  const earlier = before
    .filter((encounter) => encounter.matchId !== matchId)
    // Followed by another at once, it was never seen to end.
    .map((encounter) => ({ ...encounter, endedAt: encounter.endedAt ?? startedAt }));
  return [{ matchId, endedAt }, ...earlier].slice(0, ENCOUNTERS_MAX);
}

/** Whether it is not too late. */
export function isReportable({ endedAt }: Encounter, now: number): boolean {
  return endedAt === undefined || now - endedAt < REPORT_WITHIN_MS;
}
