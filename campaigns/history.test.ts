import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type RunResult, runHistory } from './support/history-run.ts';

// `HISTORY_OPERATIONS` and `HISTORY_SEED` make it another run. The seed gives the same clients the same will and
// the same faults in the same order; what comes of it lies with the processes.
const OPERATIONS = Number(process.env.HISTORY_OPERATIONS ?? 300_000);
const SEED = Number(process.env.HISTORY_SEED ?? 1);
/** More than this is several runs, one after another: a history is kept in memory. */
const RUN_MAX = 300_000;
/** What each run brings at least. */
const FAULTS = {
  'nodes killed': 5,
  'nodes stopped for a moment': 5,
  'nodes stopped past their lease': 4,
  'Redis frozen': 2,
  'Redis restarted': 2,
  'Redis emptied': 2,
} as const;
/** What happens at least, for each hundred thousand operations: a run in which nothing happens breaks no rule. */
const AT_LEAST = {
  enter: 500,
  resume: 1_500,
  drop: 600,
  goodbye: 150,
  find: 3_000,
  widen: 300,
  skip: 800,
  leave: 700,
  say: 15_000,
  relay: 8_000,
  typing: 2_000,
  tell: 2_000,
  'said behind': 200,
  'late attempts': 60,
  'bad tokens': 60,
  resumed: 900,
  restored: 1,
  'heard: matched': 1_500,
  'heard: left': 700,
  'heard: frame': 10_000,
  'refused: not-matched': 8_000,
  'given up': 5,
  looks: 20,
} as const;

test(
  `[J1] nobody is matched twice or left alone, whatever befalls nodes and Redis`,
  { timeout: 300_000 + OPERATIONS * 2 },
  async () => {
    for (let done = 0, seed = SEED; done < OPERATIONS; seed++) {
      const operations = Math.min(RUN_MAX, OPERATIONS - done);
      const result = await runHistory({ seed, nodes: 4, workers: 32, operations, faults: FAULTS });
      console.log(summary(seed, result));
      if (result.breaches.length > 0) console.log(`The whole history is in ${await save(seed, result)}`);
      expect(result.breaches.slice(0, 20), `HISTORY_SEED=${seed}`).toEqual([]);
      expect(result.operations).toBeGreaterThanOrEqual(operations);
      for (const [what, times] of Object.entries(AT_LEAST)) {
        expect(result.counts[what] ?? 0, what).toBeGreaterThanOrEqual((times * operations) / 100_000);
      }
      done += result.operations;
    }
  },
);

async function save(seed: number, { history, breaches }: RunResult): Promise<string> {
  const file = join(tmpdir(), `passerby-history-${seed}.json`);
  await writeFile(file, JSON.stringify({ breaches, ...history, accounts: [...history.accounts] }));
  return file;
}

function summary(seed: number, { operations, seconds, counts, breaches }: RunResult): string {
  const figures = Object.entries(counts).toSorted(([a], [b]) => a.localeCompare(b));
  return `HISTORY_SEED=${seed}: ${operations} operations in ${seconds.toFixed(1)} s, ${breaches.length} breaches; ${JSON.stringify(Object.fromEntries(figures))}`;
}
