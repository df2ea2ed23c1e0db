import { createHash } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bin, root, run } from './run.ts';

const STAMP = join(root, 'apps/web/build/.built-from');
const SOURCES = [
  'apps/web/src',
  'apps/web/static',
  'apps/web/package.json',
  'apps/web/vite.config.ts',
  'packages/call/src',
  'packages/protocol/src',
  'pnpm-lock.yaml',
];

/** Builds the web app unless the build on disk was made from exactly these sources. */
export async function ensureWebBuild(): Promise<void> {
  const fingerprint = await fingerprintOf(SOURCES);
  const built = await readFile(STAMP, 'utf8').catch(() => undefined);
  if (built === fingerprint) return;
  console.log('Building the web app …');
  const { code, output } = await run(bin('vite', 'apps/web/'), ['build', '--logLevel', 'warn'], {
    cwd: join(root, 'apps/web'),
  });
  if (code !== 0) throw new Error(`the web app does not build:\n${output}`);
  await writeFile(STAMP, fingerprint);
}

async function fingerprintOf(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    for (const file of await filesOf(path)) {
      hash.update(`${file}\0`).update(await readFile(join(root, file)));
    }
  }
  return hash.digest('hex');
}

/** The files of a folder in a fixed order, or the one file that `path` names. Missing: none. */
async function filesOf(path: string): Promise<string[]> {
  const entries = await readdir(join(root, path), { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => (error.code === 'ENOTDIR' ? undefined : []),
  );
  if (!entries) return [path];
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .sort();
}
