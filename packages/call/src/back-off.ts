const DELAYS_MS = [0, 300, 1_200, 2_700, 4_800, 7_000] as const;

/**
 * How long to wait before the next attempt to connect, in milliseconds: the first at once, then
 * slower, spread by a quarter either way so that the clients of a restarted server do not come as one.
 * `failures` counts the attempts since the last success; `random` is in [0, 1).
 */
export function backOffMs(failures: number, random: number): number {
  const delay = DELAYS_MS[Math.min(failures, DELAYS_MS.length - 1)] ?? 0;
  return Math.round(delay * (0.75 + random / 2));
}
