import { spawn } from 'node:child_process';
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
  stop(): Promise<void>;
}

/** Debian's coturn on loopback, with credentials that end. For tests: a real one never relays to loopback. */
export async function startTurnServer(): Promise<TurnServer> {
  const folder = await mkdtemp(join(tmpdir(), 'passerby-turn-'));
  const port = await freePort();
  const secret = 'a secret of this test';
  const child = spawn(
    'turnserver',
    [
      '-n',
      '--listening-ip=127.0.0.1',
      '--relay-ip=127.0.0.1',
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
  const exited = once(child, 'exit');
  let allocations = 0;
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    if (/ALLOCATE processed, success/.test(line)) allocations++;
  });
  await new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      if (/listener opened on\s*: 127\.0\.0\.1/i.test(line)) resolve();
    });
    child.on('error', reject);
    exited.then(() => reject(new Error('the TURN server did not start')), reject);
  });
  return {
    port,
    secret,
    allocations: () => allocations,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
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
