import {
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  readlink,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { MUTATIONS, type Edit } from './mutation-list.ts';
import { root, run } from './run.ts';

// Puts known defects back into a copy of the source tree, one at a time, and looks whether the tests
// that claim to guard against them go red. `node scripts/mutations.ts WORD…` takes only those defects
// whose description has one of the words in it.

interface VitestReport {
  testResults: { name: string; assertionResults: { status: string; fullName: string }[] }[];
}

/** The test names that failed in each of these files; a file that did not even load counts as green. */
async function failures(copy: string, files: readonly string[]): Promise<Map<string, string[]>> {
  const report = join(copy, 'report.json');
  await rm(report, { force: true });
  const vitest = join(copy, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--reporter=json', `--outputFile=${report}`, ...files];
  const { output } = await run(process.execPath, args, { cwd: copy });
  const text = await readFile(report, 'utf8').catch(() => {
    throw new Error(`vitest wrote no report:\n${output}`);
  });
  const { testResults } = JSON.parse(text) as VitestReport;
  return new Map(
    files.map((file) => {
      const results = testResults.filter(({ name }) => name.endsWith(`/${file}`));
      if (results.length !== 1) throw new Error(`${file} is not one test file`);
      const tests = results.flatMap(({ assertionResults }) => assertionResults);
      return [file, tests.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName)];
    }),
  );
}

/** A copy of every file that git knows or would take up, with the installed packages beside it. */
async function copyTree(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'mutations-'));
  const { stdout } = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  const files = new Set(stdout.split('\0').filter((file) => file !== ''));
  for (const file of files) {
    await mkdir(join(copy, dirname(file)), { recursive: true });
    await copyFile(join(root, file), join(copy, file)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error; // deleted, but not yet for git
    });
  }
  for (const file of files) {
    if (file === 'package.json' || /^(apps|packages)\/[^/]+\/package\.json$/.test(file)) {
      await linkPackages(
        join(root, dirname(file), 'node_modules'),
        join(copy, dirname(file), 'node_modules'),
      );
    }
  }
  return copy;
}

/** Links the packages of a `node_modules`; what links into the workspace links into the copy instead. */
async function linkPackages(from: string, to: string): Promise<void> {
  const entries = await readdir(from, { withFileTypes: true }).catch(() => []);
  await mkdir(to, { recursive: true });
  for (const { name } of entries) {
    if (name === '@passerby') {
      await mkdir(join(to, name));
      for (const own of await readdir(join(from, name))) {
        await symlink(await readlink(join(from, name, own)), join(to, name, own));
      }
    } else if (!/^\.(vite|cache)/.test(name)) await symlink(join(from, name), join(to, name));
  }
}

/** Applies the edits in the copy. Resolves with what undoes them, or with why they do not apply. */
async function apply(copy: string, edits: readonly Edit[]): Promise<(() => Promise<void>) | string> {
  const before = new Map<string, string>();
  const after = new Map<string, string>();
  for (const { file, from, to } of edits) {
    const source = after.get(file) ?? (await readFile(join(copy, file), 'utf8').catch(() => ''));
    const times = source.split(from).length - 1;
    if (times !== 1) return `the text stands ${times} times in ${file}`;
    if (!before.has(file)) before.set(file, source);
    after.set(
      file,
      source.replace(from, () => to),
    );
  }
  for (const [file, source] of after) await writeFile(join(copy, file), source);
  return async () => {
    for (const [file, source] of before) await writeFile(join(copy, file), source);
  };
}

const words = process.argv.slice(2).map((word) => word.toLowerCase());
const chosen = MUTATIONS.filter(
  ({ defect }) => words.length === 0 || words.some((word) => defect.toLowerCase().includes(word)),
);
const copy = await copyTree();
let missed = 0;
try {
  const files = [...new Set(chosen.flatMap(({ red }) => red))];
  for (const [file, names] of await failures(copy, files)) {
    for (const name of names) console.error(`red without any defect: ${file}: ${name}`);
    if (names.length > 0) missed++;
  }
  for (const { defect, edits, red } of missed > 0 ? [] : chosen) {
    const undo = await apply(copy, edits);
    if (typeof undo === 'string') {
      console.error(`stale   ${defect}: ${undo}`);
      missed++;
      continue;
    }
    const found = await failures(copy, red);
    await undo();
    const green = red.filter((file) => found.get(file)?.length === 0);
    if (green.length > 0) missed++;
    console.log(
      green.length === 0 ? `caught  ${defect}` : `MISSED  ${defect}: ${green.join(', ')} stayed green`,
    );
  }
} finally {
  await rm(copy, { recursive: true, force: true });
}
console.log(`${chosen.length - missed} caught, ${missed} missed`);
if (missed > 0 || chosen.length === 0) process.exitCode = 1;
