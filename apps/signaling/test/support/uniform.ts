import { expect } from 'vitest';

/** The first `places` of them were chosen equally often, as far as chance goes, and the others never. */
export function expectUniform(chosen: readonly number[], places: number, rounds: number, seed: number): void {
  const expected = rounds / places;
  // Five standard deviations: a fair choice passes with any seed.
  const tolerance = 5 * Math.sqrt(expected * (1 - 1 / places));
  for (const [index, times] of chosen.entries()) {
    const why = `seed ${seed}: place ${index} was chosen ${times} times`;
    if (index >= places) expect(times, why).toBe(0);
    else expect(Math.abs(times - expected), why).toBeLessThan(tolerance);
  }
}
