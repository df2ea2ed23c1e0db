/** How large the loads are and how often each is run. */
export interface Scale {
  /** Of everything that is compared; the medians count. */
  runs: number;
  /** Runs before those; a server that does more has more to compile. */
  warmUps: number;
  /** Of the clients, and of the time, that a subject asks for. */
  share: number;
  seed: number;
}

/** What the figures are taken with. */
export const FULL: Scale = { runs: 5, warmUps: 6, share: 1, seed: 1 };
/** To see whether something changed: too small to tell by how much. */
export const QUICK: Scale = { runs: 3, warmUps: 1, share: 0.2, seed: 1 };

/** Of fewer, everybody has met everybody before long, and those who parted are kept apart. */
const COUNT_MIN = 500;

/** So much of a number of clients. */
export function shareOf(count: number, { share }: Scale): number {
  return Math.max(COUNT_MIN, count * share);
}
