import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './run.ts';

// Every rule of docs/SPEC.md has a test whose name begins with it, and every test that names a rule
// names one that exists: `test('[B3] …')` and `- **B3** …`. The checks of check-deployment.ts are tests, too.

const spec = await readFile(join(root, 'docs/SPEC.md'), 'utf8');
const listed = [...spec.matchAll(/^- \*\*([A-Z]+\d+)\*\*/gm)].map(([, id = '']) => id);
const rules = new Set(listed);

const cited = new Map<string, string>();
const files = glob(
  ['{packages,apps,campaigns,e2e,scripts}/**/*.{test,contract,spec}.ts', 'scripts/check-deployment.ts'],
  { cwd: root, exclude: ['**/node_modules/**'] },
);
for await (const path of files) {
  const source = await readFile(join(root, path), 'utf8');
  // A title may cite several: '[B3] [M1] …'.
  for (const [, ids = ''] of source.matchAll(/['"`]((?:\[[A-Z]+\d+\] ?)+)/g)) {
    for (const [, id = ''] of ids.matchAll(/\[([A-Z]+\d+)\]/g)) cited.set(id, path);
  }
}

const problems = [
  ...listed
    .filter((id, index) => listed.indexOf(id) !== index)
    .map((id) => `${id} stands twice in docs/SPEC.md`),
  ...[...rules].filter((id) => !cited.has(id)).map((id) => `${id} has no test`),
  ...[...cited]
    .filter(([id]) => !rules.has(id))
    .map(([id, path]) => `${path} cites ${id}, which docs/SPEC.md does not know`),
];
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
