import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './run.ts';

// The oldest versions without a known advisory of what faces the network.
const FLOOR = {
  'socket.io': '4.6.2',
  'socket.io-parser': '4.2.7',
  'engine.io': '6.6.9',
  ws: '8.21.0',
} as const;

/** Problems of a lock file: versions below the floor, and download addresses, which it must not name. */
function problemsOf(lockFile: string): string[] {
  const problems = lockFile
    .split('\n')
    .filter((line) => /https?:\/\/|registry=|tarball:/.test(line))
    .map((line) => `names an address: ${line.trim()}`);
  for (const [name, floor] of Object.entries(FLOOR)) {
    const versions = [
      ...lockFile.matchAll(new RegExp(`^  '?${name.replace('.', '\\.')}@([\\d.]+)'?:`, 'gm')),
    ];
    if (versions.length === 0) problems.push(`${name} is not locked`);
    for (const [, version = ''] of versions) {
      if (isBelow(version, floor)) problems.push(`${name} ${version} is below ${floor}`);
    }
  }
  return problems;
}

function isBelow(version: string, floor: string): boolean {
  const parts = (text: string) => text.split('.').map(Number);
  const [a, b] = [parts(version), parts(floor)];
  const at = a.findIndex((part, index) => part !== b[index]);
  return at !== -1 && (a[at] ?? 0) < (b[at] ?? 0);
}

for (const file of ['pnpm-lock.yaml', 'tools/auth-emulator/pnpm-lock.yaml']) {
  for (const problem of problemsOf(await readFile(join(root, file), 'utf8'))) {
    if (file !== 'pnpm-lock.yaml' && !problem.startsWith('names')) continue;
    console.error(`${file} ${problem}`);
    process.exitCode = 1;
  }
}
