/** The middle one. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

/** What half and all but one in a hundred stay below. */
export function percentiles(values: readonly number[]): { p50: number; p99: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

/**
 * The runs of several that are compared: they take turns, so that what the machine does beside it meets
 * all of them alike. Resolves with the results of each, in order.
 */
export async function takeTurns<Name extends string, Result>(
  names: readonly Name[],
  runs: number,
  run: (name: Name, turn: number) => Promise<Result>,
): Promise<Record<Name, Result[]>> {
  const results = Object.fromEntries(names.map((name) => [name, [] as Result[]])) as Record<Name, Result[]>;
  for (let turn = 0; turn < runs; turn++) {
    for (const name of names) results[name].push(await run(name, turn));
  }
  return results;
}

/** By how much one is more than the other: the median over the turns, each of which had the same machine. */
export function ratioOf(ours: readonly number[], other: readonly number[]): number {
  return median(ours.map((value, turn) => value / (other[turn] ?? NaN)));
}
