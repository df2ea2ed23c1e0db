import { setTimeout as sleep } from 'node:timers/promises';

const STEP_MS = 2;

/** Runs `step` so many times a second for so long, a few at a time; resolves with how many that were. */
export async function pace(perSecond: number, ms: number, step: (count: number) => void): Promise<number> {
  const total = Math.round((perSecond * ms) / 1_000);
  const started = performance.now();
  let done = 0;
  while (done < total) {
    const due = Math.min(total, ((performance.now() - started) * perSecond) / 1_000);
    while (done < due) step(done++);
    await sleep(STEP_MS);
  }
  return total;
}

/** Does `work` for 0 … `count` - 1, so many at a time. */
export async function sideBySide(
  count: number,
  most: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: Math.min(most, count) }, async () => {
      while (next < count) await work(next++);
    }),
  );
}

/** When it is so long since something moved, nothing is under way any more. */
const QUIET_MS = 400;

/** Says when nothing moves any more. */
export class Movement {
  #last = 0;

  seen(): void {
    this.#last = performance.now();
  }

  async quiet(): Promise<void> {
    this.seen();
    for (let ms = QUIET_MS; ms > 0; ms = QUIET_MS - (performance.now() - this.#last)) await sleep(ms);
  }
}
