import { bin, run } from './run.ts';

// What takes too long for every change: many texts over many cuts, and every known defect put back.
// `node scripts/test-long.ts WORD…` takes only those defects whose description has one of the words in it.

const words = process.argv.slice(2);
const {
  FAULT_TEXTS = '100000',
  FAULT_CUTS = '2000',
  FAULT_SEED = String(Date.now() % 1_000_000),
} = process.env;

const steps: Parameters<typeof run>[] = [
  [process.execPath, ['scripts/mutations.ts', ...words], { echo: true }],
];
if (words.length === 0) {
  steps.unshift([
    bin('vitest'),
    ['run', 'apps/signaling/test/faults/texts.test.ts'],
    { echo: true, env: { FAULT_TEXTS, FAULT_CUTS, FAULT_SEED } },
  ]);
}
for (const step of steps) {
  const { code } = await run(...step);
  if (code !== 0) process.exitCode = 1;
}
