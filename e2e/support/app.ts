import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface RunningApp {
  /** Where the page is, as a browser on this machine reaches it. */
  url: string;
  port: number;
  /** Everything printed so far, by all of its processes. */
  output(): string;
  /** Ends the process so; it is gone when this resolves. */
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** A new process in the place of one that is gone: the same port, the same data directory. Resolves when it is ready. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const root = new URL('../..', import.meta.url).pathname;

/**
 * The real thing as operators run it, on a free port, with limits out of the way of tests that come
 * from one address. The web app must have been built.
 */
export async function startApp(env: Record<string, string> = {}): Promise<RunningApp> {
  const dataDir = await mkdtemp(join(tmpdir(), 'passerby-e2e-'));
  let output = '';
  let child: ChildProcess;

  const start = async (onPort: number): Promise<number> => {
    const started = spawn(process.execPath, [join(root, 'apps/signaling/src/main.ts')], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        PORT: String(onPort),
        DATA_DIR: dataDir,
        LOG_LEVEL: 'info',
        CONNECTIONS_PER_ADDRESS_MAX: '0',
        GUESTS_PER_MINUTE: '0',
        FINDS_PER_MINUTE: '0',
        ...env,
      },
    });
    child = started;
    // Elsewhere it does not share a machine with browsers; here it must not cost them frames when it starts.
    if (started.pid !== undefined) setPriority(started.pid, 19);
    const keep = (text: string) => (output += `${text}\n`);
    const lines = createInterface({ input: started.stdout }).on('line', keep);
    createInterface({ input: started.stderr }).on('line', keep);
    return new Promise((resolve, reject) => {
      lines.on('line', (line) => {
        const [, found] = /ready at http:\/\/localhost:(\d+)/.exec(line) ?? [];
        if (found) resolve(Number(found));
      });
      started.once('exit', () => reject(new Error(`the server did not start:\n${output}`)));
    });
  };

  const kill = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };

  const port = await start(0);
  return {
    url: `http://localhost:${port}`,
    port,
    output: () => output,
    kill,
    async restart() {
      await start(port);
    },
    async stop() {
      await kill('SIGTERM');
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
