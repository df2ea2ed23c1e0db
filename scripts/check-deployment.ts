import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkRedis } from '../apps/signaling/src/doctor/check-redis.ts';
import { StunConnection } from '../apps/signaling/src/doctor/stun-connection.ts';
import { type Credentials, StunRefusal, TurnClient } from '../apps/signaling/src/doctor/turn-client.ts';
import { iceServers } from '../apps/signaling/src/ice-servers.ts';
import { type Coturn, startCoturn } from '../apps/signaling/test/support/coturn.ts';
import { freePort } from '../apps/signaling/test/support/free-port.ts';
import { problemsOf } from './compose-problems.ts';
import { root, run } from './run.ts';

// What `docker compose up` would start, as far as it can be told without Docker: the compose file is read, and
// Redis and coturn are started natively with the configurations that are shipped.

const CHECKS: [title: string, check: () => Promise<void>][] = [
  ['[Y8] the compose file keeps its promises', composeFile],
  ['[Y9] Redis starts with the shipped configuration and keeps what it was told', redis],
  ['[Y10] coturn gives a relay for a good credential, for twelve connections, and for no other', credentials],
  ['[Y10] coturn relays to the internet and into no special range', ranges],
];

/** Fails with all of them, a line each. */
function demandNone(problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

/** Runs with a folder that is gone afterwards. */
async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'passerby-deployment-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function composeFile(): Promise<void> {
  const read = (file: string) => readFile(join(root, file), 'utf8');
  demandNone(
    problemsOf({
      compose: await read('docker-compose.yml'),
      example: await read('.env.example'),
      image: await read('Dockerfile'),
      exists: (path) => existsSync(join(root, path)),
    }),
  );
  // Where the programs themselves are, they judge, too.
  await inFolder(async (folder) => {
    await copyFile(join(root, 'docker-compose.yml'), join(folder, 'docker-compose.yml'));
    await writeFile(join(folder, '.env'), `DOMAIN=localhost\nDEPLOYMENT_SECRET=${'x'.repeat(32)}\n`);
    await judgedBy(
      'docker',
      ['compose', 'version'],
      ['compose', '--profile', '*', 'config', '--quiet'],
      folder,
    );
  });
  const caddyfile = join(root, 'docker/Caddyfile');
  await judgedBy('caddy', ['version'], ['validate', '--adapter', 'caddyfile', '--config', caddyfile], root);
}

/** `args` must succeed if `present` does. */
async function judgedBy(command: string, present: string[], args: string[], cwd: string): Promise<void> {
  const isThere = await run(command, present).catch(() => ({ code: 1 }));
  if (isThere.code !== 0) return;
  const { code, output } = await run(command, args, { cwd, env: { DOMAIN: 'localhost' } });
  demandNone(code === 0 ? [] : [output]);
}

async function redis(): Promise<void> {
  await inFolder(async (folder) => {
    const port = await freePort();
    const ask = async (...words: string[]) =>
      (await run('redis-cli', ['-p', `${port}`, ...words])).stdout.trim();
    const start = async () => {
      const args = [
        join(root, 'docker/redis.conf'),
        '--port',
        `${port}`,
        '--bind',
        '127.0.0.1',
        '--dir',
        folder,
      ];
      const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
      const exited = once(child, 'exit');
      await new Promise<void>((resolve, reject) => {
        child.stdout.on('data', (data: Buffer) => {
          if (data.toString().includes('Ready to accept connections')) resolve();
        });
        exited.then(() => reject(new Error('Redis did not start')), reject);
      });
      return async () => {
        child.kill('SIGTERM');
        await exited;
      };
    };
    const problems: string[] = [];
    let stop = await start();
    try {
      for await (const { level, detail } of checkRedis({ redisUrl: `redis://127.0.0.1:${port}` })) {
        if (level !== 'ok') problems.push(detail);
      }
      if ((await ask('config', 'get', 'maxmemory')).endsWith('\n0')) problems.push('memory has no bound');
      await ask('set', 'kept', 'yes');
      await stop();
      stop = await start();
      if ((await ask('get', 'kept')) !== 'yes') problems.push('what it was told is gone after a restart');
    } finally {
      await stop();
    }
    demandNone(problems);
  });
}

/** As the server makes them. */
function credentialsFor(secret: string, { endsInMs = 600_000 } = {}): Credentials {
  const config = { stunUrls: [], turnUrls: ['turn:here'], turnSecret: secret, turnTtlMs: endsInMs };
  const [given] = iceServers(config, 'check', Date.now());
  return { username: given?.username ?? '', password: given?.credential ?? '' };
}

/** The code with which something was refused; 0: it was not. */
async function refusalOf(asked: Promise<unknown>): Promise<number> {
  try {
    await asked;
    return 0;
  } catch (error) {
    if (error instanceof StunRefusal) return error.code;
    throw error;
  }
}

async function withCoturn(
  ipv6: boolean,
  use: (
    turn: Coturn,
    open: (credentials: Credentials, host?: string) => Promise<TurnClient>,
  ) => Promise<void>,
): Promise<void> {
  const turn = await startCoturn({ ipv6 });
  const connections: StunConnection[] = [];
  try {
    await use(turn, async (credentials, host = '127.0.0.1') => {
      const connection = await StunConnection.open({ transport: 'udp', host, port: turn.port });
      connections.push(connection);
      return new TurnClient(connection, credentials);
    });
  } finally {
    for (const connection of connections) connection.close();
    await turn.stop();
  }
}

async function credentials(): Promise<void> {
  await withCoturn(false, async ({ secret }, open) => {
    const problems: string[] = [];
    const expect = async (what: string, code: number, given: Credentials) => {
      const got = await refusalOf((await open(given)).allocate());
      if (got !== code) problems.push(`${what}: ${got} instead of ${code}`);
    };
    const good = credentialsFor(secret);
    for (let index = 1; index <= 12; index++) await expect(`relay ${index} of a credential`, 0, good);
    // RFC 8656 section 19: Allocation Quota Reached.
    await expect('relay 13 of a credential', 486, good);
    await expect('a credential of another secret', 401, credentialsFor('another secret'));
    await expect('one that has ended', 401, credentialsFor(secret, { endsInMs: -1_000 }));
    const later = `${Number(good.username.split(':')[0]) + 3_600}:check`;
    await expect('one that was made to last longer', 401, { ...good, username: later });
    await expect('an empty one', 401, { username: '', password: '' });
    demandNone(problems);
  });
}

/** The first and the last address of what a relay must not reach. */
const FORBIDDEN = {
  IPv4: [
    ['0.0.0.0', '0.255.255.255'],
    ['10.0.0.0', '10.255.255.255'],
    ['100.64.0.0', '100.127.255.255'],
    ['127.0.0.0', '127.255.255.255'],
    ['169.254.0.0', '169.254.255.255'],
    ['172.16.0.0', '172.31.255.255'],
    ['192.0.0.0', '192.0.0.255'],
    ['192.0.2.0', '192.0.2.255'],
    ['192.88.99.0', '192.88.99.255'],
    ['192.168.0.0', '192.168.255.255'],
    ['198.18.0.0', '198.19.255.255'],
    ['198.51.100.0', '198.51.100.255'],
    ['203.0.113.0', '203.0.113.255'],
    ['224.0.0.0', '239.255.255.255'],
    ['240.0.0.0', '255.255.255.255'],
  ],
  IPv6: [
    ['::', '::1'],
    ['::ffff:0.0.0.0', '::ffff:255.255.255.255'],
    ['64:ff9b::', '64:ff9b::ffff:ffff'],
    ['64:ff9b:1::', '64:ff9b:1:ffff:ffff:ffff:ffff:ffff'],
    ['2001::', '2001:0:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['2002::', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['fe80::', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['ff00::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ],
} as const;
/** Permitted, and never sent anything to. */
const ALLOWED = { IPv4: ['1.1.1.1', '9.255.255.255', '223.255.255.255'], IPv6: ['2606:4700::1111'] } as const;

async function ranges(): Promise<void> {
  const ipv6 = Object.values(networkInterfaces()).some((own) =>
    own?.some(({ address }) => address === '::1'),
  );
  if (!ipv6) console.log('No IPv6 here: its ranges were not tried.');
  await withCoturn(ipv6, async ({ secret }, open) => {
    const problems: string[] = [];
    for (const family of ipv6 ? (['IPv4', 'IPv6'] as const) : (['IPv4'] as const)) {
      const client = await open(credentialsFor(secret), family === 'IPv6' ? '::1' : '127.0.0.1');
      await client.allocate(family);
      for (const address of FORBIDDEN[family].flat()) {
        const code = await refusalOf(client.permit(address));
        if (code !== 403) problems.push(`${address} is not forbidden: ${code}`);
      }
      for (const address of ALLOWED[family]) {
        const code = await refusalOf(client.permit(address));
        if (code !== 0) problems.push(`${address} is forbidden: ${code}`);
      }
    }
    demandNone(problems);
  });
}

for (const [title, check] of CHECKS) {
  try {
    await check();
  } catch (error) {
    console.error(`${title}\n${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
