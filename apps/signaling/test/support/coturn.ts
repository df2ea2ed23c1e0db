import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './free-port.ts';

const SHIPPED = new URL('../../../../docker/turnserver.conf', import.meta.url);
const STARTS_WITHIN_MS = 10_000;

export interface Coturn {
  port: number;
  /** Where it takes TLS; only with a certificate. */
  tlsPort: number;
  secret: string;
  stop(): Promise<void>;
}

/**
 * Debian's coturn with the configuration that is shipped, on loopback (IPv4, and IPv6 if asked for).
 * `change` may edit the configuration. TURN then relays from loopback, and to no address of a real network.
 */
export async function startCoturn(
  options: {
    ipv6?: boolean;
    /** PEM. */
    tls?: { certificate: string; key: string };
    change?: (configuration: string) => string;
  } = {},
): Promise<Coturn> {
  const { ipv6 = false, tls, change = (configuration) => configuration } = options;
  const folder = await mkdtemp(join(tmpdir(), 'passerby-coturn-'));
  const [port, tlsPort] = [await freePort(), await freePort()];
  const secret = 'a secret of this test, long enough';
  const addresses = ipv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1'];
  const file = (name: string) => join(folder, name);
  const own = [
    ...addresses.flatMap((address) => [`listening-ip=${address}`, `relay-ip=${address}`]),
    `pidfile=${file('pid')}`,
    // As docker-compose.yml gives them.
    'realm=chat.test',
    `static-auth-secret=${secret}`,
    ...(tls ? [`tls-listening-port=${tlsPort}`, `cert=${file('cert.pem')}`, `pkey=${file('key.pem')}`] : []),
  ];
  let shipped = await readFile(SHIPPED, 'utf8');
  shipped = shipped.replace(/^listening-port=.*$/m, `listening-port=${port}`);
  if (tls) {
    shipped = shipped.replace(/^no-tls$/m, '');
    await writeFile(file('cert.pem'), tls.certificate);
    await writeFile(file('key.pem'), tls.key);
  }
  await writeFile(file('turnserver.conf'), change(`${own.join('\n')}\n${shipped}`));
  const args = ['-c', file('turnserver.conf')];
  const child = spawn('turnserver', args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('coturn did not start')), STARTS_WITHIN_MS);
    // Read to the end: a full pipe would stall it. Its listeners are open before it starts these threads.
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (!line.includes('IO method (auth thread)')) return;
      clearTimeout(timer);
      resolve();
    });
    child.on('error', reject);
    exited.then(() => reject(new Error('coturn did not start')), reject);
  });
  return { port, tlsPort, secret, stop };
}
