import { type AnyPage, inPage } from './any-page.ts';

/** A time in which a page ran nothing, not even a timer; milliseconds since 1970, alike in all pages. */
interface Stall {
  from: number;
  to: number;
}

declare global {
  interface Window {
    stalls: Stall[];
  }
}

const TICK_MS = 10;
/** A timer that is so late was kept waiting. */
const LATE_MS = 30;

/** From now on a timer of the page notes when it was kept waiting: by the machine, which has other things to do. */
export async function noteStalls(page: AnyPage): Promise<void> {
  await inPage(
    page,
    ([tickMs, lateMs]) => {
      const stalls: Stall[] = [];
      const now = () => performance.timeOrigin + performance.now();
      let last = now();
      setInterval(() => {
        const at = now();
        if (at - last > tickMs + lateMs) stalls.push({ from: last + tickMs, to: at });
        last = at;
      }, tickMs);
      window.stalls = stalls;
    },
    [TICK_MS, LATE_MS] as const,
  );
}

export function stallsOf(page: AnyPage): Promise<Stall[]> {
  return inPage(page, () => window.stalls, undefined);
}

/** How much of the time between two moments is in any of them. */
export function stalledWithin(from: number, to: number, stalls: readonly Stall[]): number {
  let stalled = 0;
  let end = from;
  for (const stall of stalls.toSorted((one, other) => one.from - other.from)) {
    const begin = Math.max(stall.from, end);
    const over = Math.min(stall.to, to);
    if (over <= begin) continue;
    stalled += over - begin;
    end = over;
  }
  return stalled;
}
