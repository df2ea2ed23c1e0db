import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs, stripVTControlCharacters } from 'node:util';
import { bring } from './test-needs.ts';
import { bin, root, run } from './run.ts';

/** What a step found. `output` is shown where something failed, behind a line or two for each of `failures`. */
interface Result {
  passed: number;
  failed: number;
  skipped: string[];
  /** Each test that passed at its second try only, with what it said at the first. */
  flaky?: string[];
  /** Each test that failed with its first message, so that a log that is cut short still names it. */
  failures?: string[];
  output: string;
}

/** Named `GROUP` or `GROUP: which of it`; `--only` and `--without` take either. */
interface Step {
  name: string;
  run(): Promise<Result>;
  /** It leaves a processor free and measures no times: two neighbours of this kind run at once. */
  shares?: boolean;
}

/** A tool that passes or fails as a whole counts as one. */
function check(name: string, command: string, args: string[], cwd = root): Step {
  return {
    name,
    shares: true,
    async run() {
      const { code, output } = await run(command, args, { cwd });
      return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: [], output };
    },
  };
}

const node = process.execPath;
const web = join(root, 'apps/web');

/** The long ones that measure no times. */
const PATIENT_CAMPAIGNS = ['soak', 'history'];

const STEPS: Step[] = [
  // These two write what others read.
  { ...check('types: web (sync)', bin('svelte-kit', 'apps/web/'), ['sync'], web), shares: false },
  { ...check('weight', node, ['scripts/check-weight.ts']), shares: false },
  check('format', bin('prettier'), ['--check', '.', '--log-level', 'warn']),
  check('lint', bin('eslint'), ['.', '--max-warnings', '0']),
  check('imports', bin('depcruise'), [
    'packages',
    'apps/signaling',
    'apps/web/src',
    'scripts',
    'bench',
    'campaigns',
    'e2e',
    '--output-type',
    'err',
  ]),
  check('types: protocol', bin('tsc'), ['-p', 'packages/protocol']),
  check('types: call', bin('tsc'), ['-p', 'packages/call']),
  check('types: signaling', bin('tsc'), ['-p', 'apps/signaling']),
  check('types: faults', bin('tsc'), ['-p', 'apps/signaling/test/faults']),
  check('types: bench', bin('tsc'), ['-p', 'bench']),
  check('types: scripts, campaigns, e2e', bin('tsc'), ['-p', '.']),
  check('types: web', bin('svelte-check', 'apps/web/'), ['--fail-on-warnings'], web),
  check('types: service worker', bin('tsc'), ['-p', 'apps/web/src/service-worker']),
  check('unused code', bin('knip'), ['--no-progress']),
  check('spec', node, ['scripts/check-spec.ts']),
  check('lock file', node, ['scripts/check-lock-file.ts']),
  check('mutations', node, ['scripts/mutations.ts', '--check']),
  check('deployment', node, ['scripts/check-deployment.ts']),
  // By default one worker would run on two cores; half of the time goes by in waiting for Redis and for sockets.
  { name: 'unit', run: () => vitest('unit', '!campaigns', '--maxWorkers=2') },
  ...PATIENT_CAMPAIGNS.map((name): Step => ({
    name: `campaigns: ${name}`,
    run: () => vitest(name, 'campaigns', `campaigns/${name}.test.ts`),
    shares: true,
  })),
  {
    name: 'campaigns: others',
    run: () =>
      vitest('campaigns', 'campaigns', ...PATIENT_CAMPAIGNS.map((name) => `--exclude=**/${name}.test.ts`)),
  },
  { name: 'e2e: pages', run: () => endToEndTests('pages') },
  { name: 'e2e: calls', run: () => endToEndTests('calls') },
];
/** How many steps that share the machine run at once. */
const AT_ONCE = 2;

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numFailedTestSuites: number;
  testResults: {
    name: string;
    message?: string;
    assertionResults: { status: string; fullName: string; failureMessages?: string[] }[];
  }[];
}

async function vitest(name: string, project: string, ...options: string[]): Promise<Result> {
  const file = join(root, `test-results/${name}.json`);
  const { code, output } = await run(bin('vitest'), [
    'run',
    `--project=${project}`,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
    ...options,
  ]);
  const report = await readReport<VitestReport>(file);
  if (!report) return { passed: 0, failed: 1, skipped: [], output };
  const all = report.testResults.flatMap((result) => result.assertionResults);
  const skipped = all.filter(({ status }) => status !== 'passed' && status !== 'failed');
  const failed = Math.max(report.numFailedTests, code === 0 ? 0 : 1);
  const failures = [
    ...report.testResults.filter(({ message }) => message).map((file) => failure(file.name, file.message)),
    ...all
      .filter(({ status }) => status === 'failed')
      .map((test) => failure(test.fullName, test.failureMessages?.[0])),
  ];
  return {
    passed: report.numPassedTests,
    failed,
    skipped: skipped.map((test) => test.fullName),
    failures,
    output,
  };
}

interface PlaywrightSuite {
  suites?: PlaywrightSuite[];
  specs?: {
    title: string;
    ok: boolean;
    tests: { status: string; results: { errors: { message?: string }[] }[] }[];
  }[];
}

interface PlaywrightReport extends PlaywrightSuite {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number };
}

/** Of the tests that ended so, what each said at its first try. */
function endedIn(suite: PlaywrightSuite, status: 'unexpected' | 'flaky'): string[] {
  const own = (suite.specs ?? []).flatMap(({ title, tests }) =>
    tests
      .filter((test) => test.status === status)
      .map((test) => failure(title, test.results[0]?.errors[0]?.message)),
  );
  return [...own, ...(suite.suites ?? []).flatMap((inner) => endedIn(inner, status))];
}

/** The name of a test and the beginning of what it said, without the colours of a terminal. */
function failure(name: string, message = ''): string {
  const lines = stripVTControlCharacters(message).split('\n').filter(Boolean);
  return [name, ...lines.slice(0, 6).map((line) => `    ${line.slice(0, 200)}`)].join('\n');
}

async function endToEndTests(project: 'pages' | 'calls'): Promise<Result> {
  const file = join(root, `test-results/${project}.json`);
  const { code, output } = await run(bin('playwright'), ['test', `--project=${project}`, '--retries=1'], {
    env: { PLAYWRIGHT_JSON_OUTPUT_FILE: file },
  });
  const report = await readReport<PlaywrightReport>(file);
  if (!report) return { passed: 0, failed: 1, skipped: [], output };
  const { expected, unexpected, flaky, skipped } = report.stats;
  return {
    passed: expected + flaky,
    failed: Math.max(unexpected, code === 0 ? 0 : 1),
    skipped: skipped > 0 ? [`${skipped} end-to-end test(s); the reason stands with each`] : [],
    flaky: endedIn(report, 'flaky'),
    failures: endedIn(report, 'unexpected'),
    output,
  };
}

async function readReport<T>(file: string): Promise<T | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as T);
}

/** Runs a step and prints what came of it. */
async function take({ name, run }: Step): Promise<Result> {
  const started = performance.now();
  const result = await run().catch((error: unknown): Result => ({
    passed: 0,
    failed: 1,
    skipped: [],
    output: String(error),
  }));
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  const mark = result.failed === 0 ? 'ok  ' : 'FAIL';
  console.log(`${mark} ${name.padEnd(20)} ${result.passed} passed, ${result.failed} failed, ${seconds} s`);
  for (const failed of result.failures ?? []) console.log(`failed: ${failed}`);
  for (const flaky of result.flaky ?? []) console.log(`passed at the second try: ${flaky}`);
  if (result.failed > 0) console.log(result.output);
  return result;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { only: { type: 'string', multiple: true }, without: { type: 'string', multiple: true } },
  });
  const isNamed = (names: string[] | undefined, { name }: Step) =>
    names?.some((one) => one === name || name.startsWith(`${one}: `));
  const steps = STEPS.filter(
    (step) => (!values.only || isNamed(values.only, step)) && !isNamed(values.without, step),
  );
  await rm(join(root, 'test-results'), { recursive: true, force: true });
  await bring(steps.map(({ name }) => name.split(': ')[0] ?? name));
  const total = { passed: 0, failed: 0, skipped: [] as string[] };
  const running = new Set<Promise<void>>();
  for (const [index, step] of steps.entries()) {
    const most = step.shares && steps[index - 1]?.shares ? AT_ONCE : 1;
    while (running.size >= most) await Promise.race(running);
    const ended = take(step).then((result) => {
      running.delete(ended);
      total.passed += result.passed;
      total.failed += result.failed;
      total.skipped.push(...result.skipped);
    });
    running.add(ended);
  }
  await Promise.all(running);
  for (const name of total.skipped) console.log(`skipped: ${name}`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
}

await main();
