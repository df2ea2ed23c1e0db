import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface RunningApp {
  /** Where the page is, as a browser on this machine reaches it. */
  url: string;
  port: number;
  /** Everything printed so far. */
  output(): string;
  stop(): Promise<void>;
}

const root = new URL('../..', import.meta.url).pathname;

/**
 * The real thing as operators run it, on a free port, with limits out of the way of tests that come
 * from one address. The web app must have been built.
 */
export async function startApp(env: Record<string, string> = {}): Promise<RunningApp> {
  const dataDir = await mkdtemp(join(tmpdir(), 'passerby-e2e-'));
  const child = spawn(process.execPath, [join(root, 'apps/signaling/src/main.ts')], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      PORT: '0',
      DATA_DIR: dataDir,
      LOG_LEVEL: 'info',
      CONNECTIONS_PER_ADDRESS_MAX: '0',
      GUESTS_PER_MINUTE: '0',
      FINDS_PER_MINUTE: '0',
      ...env,
    },
  });
  let output = '';
  const keep = (text: string) => (output += `${text}\n`);
  const lines = createInterface({ input: child.stdout }).on('line', keep);
  createInterface({ input: child.stderr }).on('line', keep);
  const exited = once(child, 'exit');

  const port = await new Promise<number>((resolve, reject) => {
    lines.on('line', (line) => {
      const [, found] = /ready at http:\/\/localhost:(\d+)/.exec(line) ?? [];
      if (found) resolve(Number(found));
    });
    exited.then(() => reject(new Error(`the server did not start:\n${output}`)), reject);
  });
  return {
    url: `http://localhost:${port}`,
    port,
    output: () => output,
    async stop() {
      child.kill('SIGTERM');
      await exited;
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
