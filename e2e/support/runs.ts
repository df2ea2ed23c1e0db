/** How often a fault is made: once where every change is tested, more in a long run. */
export const RUNS = Number(process.env['FAULT_RUNS'] ?? '1');

/**
 * So many frames into a call a fault is made that stops the picture. Chromium learns from the first ones when to
 * show the next: it takes a cut that comes sooner for the pace of the line, and holds pictures back for as long again.
 */
export const SETTLED = 300;
/** And so many after one fault until the next: a picture that has just come back may be two seconds behind, and outlive a fault. */
export const SETTLED_AGAIN = 120;
/** A busy machine paints as few as ten frames in a second. */
export const SETTLES_WITHIN_MS = 60_000;

/** The smallest of the values that so many per cent of them do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? Infinity;
}

/**
 * A bound on times that are measured on a machine which may be slow at the moment: the bound itself, or, where the
 * least that such a thing takes (`floor`, measured meanwhile) is not far from it, three times that, by the same percentile.
 */
export function withRoom(boundMs: number, floor: readonly number[], percent: number): number {
  return Math.max(boundMs, 3 * percentile(floor, percent));
}
