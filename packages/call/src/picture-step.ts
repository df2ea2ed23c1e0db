import type { LinkTrend } from './link.ts';
import { TIMES } from './times.ts';

/** How much of its picture a side sends, of what its quality allows. */
export interface PictureStep {
  /** At most, bits a second. */
  bps: number;
  /** At most, of the shorter side. */
  pixels: number;
  /** At most, a second. */
  frames?: number;
  /** It is too much where the browser thinks that it can send less than that; below the `bps` of the next step. */
  leastBps: number;
}

/** Sound comes first: at the last of them the picture takes little beside its 32 kbit/s. It is never switched off. */
export const PICTURE_STEPS: readonly [PictureStep, PictureStep, PictureStep] = [
  { bps: Infinity, pixels: Infinity, leastBps: 400_000 },
  { bps: 500_000, pixels: 360, leastBps: 120_000 },
  { bps: 150_000, pixels: 360, frames: 15, leastBps: 60_000 },
];
const LAST = PICTURE_STEPS.length - 1;

/** Which step is sent, and what speaks for another. */
export interface Stepping {
  /** Index in {@link PICTURE_STEPS}. */
  readonly step: number;
  /** Since when it has been too much, or more could be sent; milliseconds since 1970. */
  readonly poorSince?: number;
  readonly fitSince?: number;
  /** How long more must have been possible before it is sent. */
  readonly patienceMs: number;
}

/** More than that is lost: too much is sent. Less than the other: more could be. */
const LOSS = { poor: 0.06, fit: 0.02 };

/** Small at first: a browser begins to send at about 300 kbit/s, and the first picture is there sooner. */
export const FIRST_STEP: Stepping = { step: 1, patienceMs: TIMES.firstMoreMs };

/**
 * What to send after the latest look, at most one step away. The delay of the way does not count: a long way is not
 * shortened by a small picture, and a queue on it shows in what the browser thinks it can send.
 */
export function stepAfter(before: Stepping, trend: LinkTrend, now: number): Stepping {
  const { step, patienceMs } = before;
  const poorSince = isTooMuch(step, trend) ? (before.poorSince ?? now) : undefined;
  const fitSince = step > 0 && fitsMore(step, trend) ? (before.fitSince ?? now) : undefined;
  if (step < LAST && isOver(poorSince, now)) {
    const longer = Math.min(Math.max(2 * patienceMs, TIMES.moreMs), TIMES.moreMostMs);
    return { step: step + 1, patienceMs: longer };
  }
  if (fitSince !== undefined && now - fitSince >= patienceMs) {
    return { step: step - 1, patienceMs };
  }
  return {
    step,
    patienceMs,
    ...(poorSince !== undefined && { poorSince }),
    ...(fitSince !== undefined && { fitSince }),
  };
}

/** Even the least of the picture has been too much, for as long as it takes to send less. */
export function isHopeless({ step, poorSince }: Stepping, now: number): boolean {
  return step === LAST && isOver(poorSince, now);
}

function isOver(poorSince: number | undefined, now: number): boolean {
  return poorSince !== undefined && now - poorSince >= TIMES.tooMuchMs;
}

function isTooMuch(step: number, { sendingLoss = 0, availableBps, limit }: LinkTrend): boolean {
  if (sendingLoss >= LOSS.poor) return true;
  return (
    limit === 'bandwidth' && availableBps !== undefined && availableBps < (PICTURE_STEPS[step]?.leastBps ?? 0)
  );
}

/** Whether all that the step allows passes. A sign of more would not come: an estimate grows with what is sent. */
function fitsMore(step: number, { sendingLoss, availableBps, limit }: LinkTrend): boolean {
  if (sendingLoss !== undefined && sendingLoss >= LOSS.fit) return false;
  if (availableBps !== undefined && availableBps >= (PICTURE_STEPS[step]?.bps ?? 0)) return true;
  return limit === undefined ? sendingLoss !== undefined : limit === 'none';
}
