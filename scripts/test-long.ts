import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs, stripVTControlCharacters } from 'node:util';
import { bin, root, run } from './run.ts';
import { ensureWebBuild } from './web-build.ts';

// What takes too long for every change. `node scripts/test-long.ts NAME…` does only the runs of these names.
// The result of each is a line of JSON in `long-results/runs.jsonl`, so a campaign of many hours can be broken
// off and gone on with: what has passed with the files as they are is not done again, unless `--again` asks for it.

interface LongRun {
  name: string;
  command: readonly [file: string, args: readonly string[]];
  /** Its sizes, which variables of the same names override. */
  sizes: Readonly<Record<string, string>>;
  /** The variable that names its seed, if it has one. */
  seed?: string;
}

/** A line of the file. */
interface Result {
  name: string;
  passed: boolean;
  /** Of the files that ran; `changed`: and others beside it. */
  commit: string;
  changed: boolean;
  sizes: Record<string, string>;
  seed?: string;
  seconds: number;
  endedAt: string;
  /** What the run said of itself: lines that begin with `NAME=value:`. */
  figures: string[];
}

const FOLDER = join(root, 'long-results');
const FILE = join(FOLDER, 'runs.jsonl');

const test = (...args: string[]) => [bin('vitest'), ['run', ...args]] as const;
const campaign = (name: string) => test('--project=campaigns', `campaigns/${name}.test.ts`);

const pages = (...files: string[]) =>
  [bin('playwright'), ['test', ...files.map((file) => `e2e/${file}.spec.ts`)]] as const;
const browsers = (...files: string[]) => pages(...files.map((file) => `faults/${file}`));

const RUNS: readonly LongRun[] = [
  {
    name: 'texts',
    command: test('apps/signaling/test/faults/texts.test.ts'),
    sizes: { FAULT_TEXTS: '100000', FAULT_CUTS: '2000' },
    seed: 'FAULT_SEED',
  },
  {
    name: 'history',
    command: campaign('history'),
    sizes: { HISTORY_OPERATIONS: '5000000' },
    seed: 'HISTORY_SEED',
  },
  { name: 'pauses', command: campaign('pauses'), sizes: { PAUSE_TRIALS: '500' } },
  { name: 'soak', command: campaign('soak'), sizes: { SOAK_MINUTES: '60' } },
  { name: 'outage', command: campaign('redis-away'), sizes: { OUTAGE_SECONDS: '60' } },
  {
    name: 'cuts',
    command: browsers('media', 'server', 'turn'),
    sizes: { FAULT_RUNS: '30' },
  },
  {
    name: 'torture',
    command: browsers('torture'),
    sizes: { TORTURE_MINUTES: '5', TORTURE_RUNS: '20' },
    seed: 'TORTURE_SEED',
  },
  {
    name: 'rows',
    command: pages('loop', 'firefox', 'faults/server', 'responsive'),
    sizes: {
      ROW_SKIPS: '200',
      ROW_FUZZED: '500',
      ROW_RESTARTS: '50',
      ROW_AWAY_SECONDS: '30',
      ROW_ANSWERS: 'on',
    },
    seed: 'FAULT_SEED',
  },
  { name: 'defects', command: [process.execPath, ['scripts/mutations.ts']], sizes: {} },
];

async function doRun({ name, command: [file, args], sizes, seed }: LongRun): Promise<Result> {
  const env: Record<string, string> = {};
  for (const [variable, size] of Object.entries(sizes)) env[variable] = process.env[variable] ?? size;
  const used = { ...env };
  if (seed !== undefined) env[seed] = process.env[seed] ?? String(Date.now() % 1_000_000);
  console.log(`\n${name}: ${JSON.stringify(env)}`);
  const { commit, changed } = await version();
  const started = performance.now();
  const { code, output } = await run(file, args, { echo: true, env });
  const lines = stripVTControlCharacters(output).split('\n');
  return {
    name,
    passed: code === 0,
    commit,
    changed,
    sizes: used,
    ...(seed !== undefined && { seed: env[seed] ?? '' }),
    seconds: Math.round((performance.now() - started) / 1_000),
    endedAt: new Date().toISOString(),
    figures: lines.filter((line) => /^[A-Z_]+=\d+: /.test(line)),
  };
}

async function version(): Promise<Pick<Result, 'commit' | 'changed'>> {
  const [head, status] = await Promise.all([
    run('git', ['rev-parse', 'HEAD']),
    run('git', ['status', '--porcelain']),
  ]);
  return { commit: head.stdout.trim(), changed: status.stdout !== '' };
}

/** Whether a run of these sizes has passed with exactly these files. */
async function isDone({ name, sizes }: LongRun): Promise<boolean> {
  const { commit, changed } = await version();
  if (changed) return false;
  const text = await readFile(FILE, 'utf8').catch(() => '');
  const results = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Result);
  const asked = Object.entries(sizes).map(([variable, size]) => [variable, process.env[variable] ?? size]);
  return results.some(
    (result) =>
      result.name === name &&
      result.passed &&
      result.commit === commit &&
      !result.changed &&
      JSON.stringify(Object.entries(result.sizes)) === JSON.stringify(asked),
  );
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { again: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const names = RUNS.map(({ name }) => name);
  const unknown = positionals.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`there is no ${unknown.join(', ')}; there are ${names.join(', ')}`);
  await mkdir(FOLDER, { recursive: true });
  await ensureWebBuild();
  for (const one of RUNS) {
    if (positionals.length > 0 && !positionals.includes(one.name)) continue;
    if (!values.again && (await isDone(one))) {
      console.log(`${one.name}: has passed with these files`);
      continue;
    }
    const result = await doRun(one);
    await appendFile(FILE, `${JSON.stringify(result)}\n`);
    console.log(`${result.name}: ${result.passed ? 'passed' : 'FAILED'} in ${result.seconds} s`);
    if (!result.passed) process.exitCode = 1;
  }
}

await main();
