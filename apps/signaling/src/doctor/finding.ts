/** What a check found: one line for whoever runs the deployment. */
export interface Finding {
  /** `skip`: not looked at, and why. */
  level: 'ok' | 'warn' | 'fail' | 'skip';
  /** What was looked at: a few words. */
  subject: string;
  /** What was found. Never a secret. */
  detail: string;
  /** What to do about it. */
  advice?: string;
}

/** As it is printed. */
export function lineOf({ level, subject, detail, advice }: Finding): string {
  const line = `${level.padEnd(5)} ${subject}: ${detail}`;
  return advice === undefined ? line : `${line}\n      → ${advice}`;
}

/** What went wrong, in the words of whoever said so; one line. */
export function reasonOf(error: unknown): string {
  // `connect` to a name with several addresses fails with all their errors and no message of its own.
  if (error instanceof AggregateError && error.message === '') return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'no answer';
  return error.message.split('\n', 1)[0] ?? '';
}
