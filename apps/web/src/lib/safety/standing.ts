import type { Ban, Standing } from './safety-client.ts';

/** The ban that is on at that moment (milliseconds since 1970). */
export function banAt({ ban }: Standing, now: number): Ban | undefined {
  return ban && (ban.until === undefined || now < ban.until) ? ban : undefined;
}
