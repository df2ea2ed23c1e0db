import { createHash } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bin, root, run } from './run.ts';

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
export function ensureWebBuild(): Promise<void> {
  return ensureBuild('the web app', SOURCES, 'apps/web/build', {});
}

/** Where the build of the page of all states is; its handler is that of SvelteKit's Node adapter. */
export const STATES_BUILD = 'apps/web/.svelte-kit/states/build';

/** The same for the page of all states, which is no part of the app. */
export async function ensureStatesBuild(): Promise<void> {
  const sources = [...SOURCES, 'apps/web/states'];
  await ensureBuild('the page of all states', sources, STATES_BUILD, {
    PASSERBY_STATES: 'on',
  });
  // A build leaves the types of its own routes; editors and checks want those of the app.
  await run(bin('svelte-kit', 'apps/web/'), ['sync'], { cwd: join(root, 'apps/web') });
}

async function ensureBuild(
  what: string,
  sources: readonly string[],
  folder: string,
  env: Record<string, string>,
): Promise<void> {
  const stamp = join(root, folder, '.built-from');
  const fingerprint = await fingerprintOf(sources);
  const built = await readFile(stamp, 'utf8').catch(() => undefined);
  if (built === fingerprint) return;
  console.log(`Building ${what} …`);
  const { code, output } = await run(bin('vite', 'apps/web/'), ['build', '--logLevel', 'warn'], {
    cwd: join(root, 'apps/web'),
    env,
  });
  if (code !== 0) throw new Error(`${what} does not build:\n${output}`);
  await writeFile(stamp, fingerprint);
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
