import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bring } from './test-needs.ts';
import { bin, root, run } from './run.ts';
import { ensureWebBuild } from './web-build.ts';

/** What a step found. `output` is shown where something failed. */
interface Result {
  passed: number;
  failed: number;
  skipped: string[];
  output: string;
}

interface Step {
  name: string;
  run(): Promise<Result>;
}

/** A tool that passes or fails as a whole counts as one. */
function check(name: string, command: string, args: string[], cwd = root): Step {
  return {
    name,
    async run() {
      const { code, output } = await run(command, args, { cwd });
      return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: [], output };
    },
  };
}

const node = process.execPath;
const web = join(root, 'apps/web');

const STEPS: Step[] = [
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
  check('types: web (sync)', bin('svelte-kit', 'apps/web/'), ['sync'], web),
  check('types: web', bin('svelte-check', 'apps/web/'), ['--fail-on-warnings'], web),
  check('unused code', bin('knip'), ['--no-progress']),
  check('spec', node, ['scripts/check-spec.ts']),
  check('lock file', node, ['scripts/check-lock-file.ts']),
  check('mutations', node, ['scripts/mutations.ts', '--check']),
  check('deployment', node, ['scripts/check-deployment.ts']),
  { name: 'unit', run: () => vitest('unit', '!campaigns') },
  { name: 'campaigns', run: () => vitest('campaigns', 'campaigns') },
  { name: 'e2e', run: endToEndTests },
];

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numFailedTestSuites: number;
  testResults: { assertionResults: { status: string; fullName: string }[] }[];
}

async function vitest(name: string, project: string): Promise<Result> {
  const file = join(root, `test-results/${name}.json`);
  const { code, output } = await run(bin('vitest'), [
    'run',
    `--project=${project}`,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]);
  const report = await readReport<VitestReport>(file);
  if (!report) return { passed: 0, failed: 1, skipped: [], output };
  const all = report.testResults.flatMap((result) => result.assertionResults);
  const skipped = all.filter(({ status }) => status !== 'passed' && status !== 'failed');
  const failed = Math.max(report.numFailedTests, code === 0 ? 0 : 1);
  return { passed: report.numPassedTests, failed, skipped: skipped.map((test) => test.fullName), output };
}

interface PlaywrightReport {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number };
}

async function endToEndTests(): Promise<Result> {
  await ensureWebBuild();
  const file = join(root, 'test-results/e2e.json');
  const { code, output } = await run(bin('playwright'), ['test'], {
    env: { PLAYWRIGHT_JSON_OUTPUT_FILE: file },
  });
  const report = await readReport<PlaywrightReport>(file);
  if (!report) return { passed: 0, failed: 1, skipped: [], output };
  const { expected, unexpected, flaky, skipped } = report.stats;
  // A test that passed only when it was repeated is a defect.
  const failed = Math.max(unexpected + flaky, code === 0 ? 0 : 1);
  return {
    passed: expected,
    failed,
    skipped: skipped > 0 ? [`${skipped} end-to-end test(s); the reason stands with each`] : [],
    output,
  };
}

async function readReport<T>(file: string): Promise<T | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as T);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { only: { type: 'string', multiple: true }, without: { type: 'string', multiple: true } },
  });
  const steps = STEPS.filter(
    ({ name }) => (!values.only || values.only.includes(name)) && !values.without?.includes(name),
  );
  await rm(join(root, 'test-results'), { recursive: true, force: true });
  await bring(steps.map(({ name }) => name));
  const total = { passed: 0, failed: 0, skipped: [] as string[] };
  for (const step of steps) {
    const started = performance.now();
    const result = await step.run().catch((error: unknown) => ({
      passed: 0,
      failed: 1,
      skipped: [],
      output: String(error),
    }));
    const seconds = ((performance.now() - started) / 1_000).toFixed(1);
    const mark = result.failed === 0 ? 'ok  ' : 'FAIL';
    console.log(
      `${mark} ${step.name.padEnd(20)} ${result.passed} passed, ${result.failed} failed, ${seconds} s`,
    );
    if (result.failed > 0) console.log(result.output);
    total.passed += result.passed;
    total.failed += result.failed;
    total.skipped.push(...result.skipped);
  }
  for (const name of total.skipped) console.log(`skipped: ${name}`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
}

await main();
