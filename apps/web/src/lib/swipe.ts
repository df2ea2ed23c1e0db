/** A finger's way over the stage, in CSS pixels and milliseconds; `dx` towards the end of the line. */
export interface Stroke {
  dx: number;
  dy: number;
  ms: number;
}

/** So much of the stage's width has to be crossed, */
const SHARE_MIN = 0.35;
/** this fast, in pixels a millisecond, */
const SPEED_MIN = 0.3;
/** and clearly along the line. */
const SLOPE_MAX = 0.5;

/** Whether this was meant as "next": away towards the start of the line, far and fast. */
export function isSwipeAway({ dx, dy, ms }: Stroke, width: number): boolean {
  const along = -dx;
  return (
    along >= width * SHARE_MIN && along / Math.max(ms, 1) >= SPEED_MIN && Math.abs(dy) <= along * SLOPE_MAX
  );
}

/** How far the picture follows the finger: less and less, and never away from "next". */
export function rubberBand(dx: number, width: number): number {
  if (dx >= 0) return 0;
  const share = -dx / width;
  return -width * 0.4 * (1 - 1 / (1 + 2 * share));
}
