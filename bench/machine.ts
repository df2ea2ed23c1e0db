import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus, release, totalmem, type } from 'node:os';

/** Where the figures come from; names no host. */
export async function machine(): Promise<string[]> {
  const [cpu] = cpus();
  const packages = ['socket.io', 'ws', 'peer'];
  const versions = await Promise.all(packages.map(async (name) => `${name} ${await versionOf(name)}`));
  return [
    `${cpus().length} x ${cpu?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release().split('-')[0]}`,
    [`Node ${process.versions.node}`, ...versions].join(', '),
  ];
}

async function versionOf(name: string): Promise<string> {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
  for (const folder of folders) {
    const text = await readFile(`${folder}/${name}/package.json`, 'utf8').catch(() => undefined);
    if (text !== undefined) return (JSON.parse(text) as { version: string }).version;
  }
  throw new Error(`${name} is not installed`);
}
