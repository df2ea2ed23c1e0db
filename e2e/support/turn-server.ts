import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface TurnServer {
  port: number;
  secret: string;
  /** How many relayed allocations it has given out. */
  allocations(): number;
  /** It is gone at once, with every allocation. */
  kill(): Promise<void>;
  /** After {@link kill}: another in its place. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Debian's coturn at an address of this machine, loopback unless another is named, with credentials that
 * end. For tests: a real one never relays to loopback.
 */
export async function startTurnServer(address = '127.0.0.1'): Promise<TurnServer> {
  const folder = await mkdtemp(join(tmpdir(), 'passerby-turn-'));
  const port = await freePort();
  const secret = 'a secret of this test';
  let allocations = 0;
  let child: ChildProcess;

  const start = async (): Promise<void> => {
    const started = spawn(
      'turnserver',
      [
        '-n',
        `--listening-ip=${address}`,
        `--relay-ip=${address}`,
        `--listening-port=${port}`,
        '--min-port=49160',
        '--max-port=49260',
        '--fingerprint',
        '--use-auth-secret',
        `--static-auth-secret=${secret}`,
        '--realm=passerby.test',
        '--no-tls',
        '--no-dtls',
        '--no-cli',
        '--allow-loopback-peers',
        '--log-file=stdout',
        '--verbose',
        `--pidfile=${join(folder, 'pid')}`,
      ],
      { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] },
    );
    child = started;
    const lines = createInterface({ input: started.stdout });
    lines.on('line', (line) => {
      if (/ALLOCATE processed, success/.test(line)) allocations++;
    });
    await new Promise<void>((resolve, reject) => {
      lines.on('line', (line) => {
        if (/listener opened on\s*: \d/i.test(line)) resolve();
      });
      started.once('error', reject);
      started.once('exit', () => reject(new Error('the TURN server did not start')));
    });
  };

  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };

  await start();
  return {
    port,
    secret,
    allocations: () => allocations,
    kill: () => end('SIGKILL'),
    restart: start,
    stop: () => end('SIGTERM'),
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
