import { fork, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

export interface AuthEmulator {
  /** `127.0.0.1:port`. */
  host: string;
  projectId: string;
  /** Ends it; what it knew of accounts is gone. */
  close(): Promise<void>;
}

const folder = import.meta.dirname;

/**
 * Starts the Firebase Auth emulator in a process of its own and resolves when it answers, some
 * seconds later. The first time ever it is installed, which needs the package registry. Not to be
 * called a second time meanwhile. It ends with this process at the latest.
 *
 * @param options.port 0: any that is free.
 */
export async function startAuthEmulator(
  options: { port?: number; projectId?: string } = {},
): Promise<AuthEmulator> {
  const { port = 0, projectId = 'demo-passerby' } = options;
  if (!(await isInstalled())) await install();
  const child = fork(join(folder, 'emulator.ts'), [projectId, String(port)], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const { host } = await firstMessage(child);
  return {
    host,
    projectId,
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function isInstalled(): Promise<boolean> {
  const { dependencies } = (await readJson('package.json')) as { dependencies: Record<string, string> };
  const installed = await readJson('node_modules/firebase-tools/package.json').catch(() => ({}));
  return (installed as { version?: string }).version === dependencies['firebase-tools'];
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(join(folder, path), 'utf8'));
}

async function install(): Promise<void> {
  console.log('Installing the Firebase Auth emulator (only this once, about 250 MB) …');
  // A script that pnpm runs is told where that pnpm is.
  const running = process.env['npm_execpath'] ?? '';
  const [command, ...first] = basename(running) === 'pnpm' ? [running] : ['npx', '--yes', 'pnpm@12'];
  const child = spawn(command, [...first, 'install', '--frozen-lockfile'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = collect(child);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`the Firebase Auth emulator cannot be installed: ${lastLine(output())}`);
}

async function firstMessage(child: ChildProcess): Promise<{ host: string }> {
  const output = collect(child);
  const answered = once(child, 'message').then(([message]) => message as { host: string });
  const ended = once(child, 'close').then(() => {
    throw new Error(`the Firebase Auth emulator does not start: ${lastLine(output())}`);
  });
  return Promise.race([answered, ended]);
}

/** What the process has printed so far. It must be read in any case, or the process stalls. */
function collect(child: ChildProcess): () => string {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-4096)));
  }
  return () => output;
}

function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) || 'it said nothing';
}
