import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { type RequestListener, createServer as createHttp } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { deploymentKey } from '../src/deployment-key.ts';
import { checkDataDir } from '../src/doctor/check-data-dir.ts';
import { checkOrigin } from '../src/doctor/check-origin.ts';
import { checkRedis, judgeClock, judgeRedis } from '../src/doctor/check-redis.ts';
import { examine } from '../src/doctor/examine.ts';
import { createCertificateAuthority } from './support/certificates.ts';
import { collected } from './support/collected.ts';
import { RedisServer } from './support/redis-server.ts';
import { startTestServer } from './support/server.ts';

const SECRET = 'CANARY-secret-of-a-deployment-'.padEnd(40, 'x');
const DAY_MS = 86_400_000;
let redis: RedisServer;
beforeAll(async () => {
  redis = await RedisServer.start();
});
afterAll(() => redis.stop());

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'passerby-doctor-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

/** Runs the command as an operator does. */
async function doctor(env: Record<string, string>, args: string[] = []) {
  const cwd = await folder();
  const file = new URL('../src/doctor.ts', import.meta.url).pathname;
  return new Promise<{ code: number; output: string }>((resolve) => {
    const { PATH = '' } = process.env;
    execFile(process.execPath, [file, ...args], { cwd, env: { PATH, ...env } }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });
}

test('[Y1] every line says ok, warn, fail or skip and what to do; without a failure the exit code is 0', async () => {
  const { code, output } = await doctor({ REDIS_URL: redis.url, DEPLOYMENT_SECRET: SECRET });
  expect(code).toBe(0);
  const lines = output.split('\n').filter((line) => line !== '');
  for (const line of lines.slice(0, -1)) expect(line).toMatch(/^(ok {3}|warn |fail |skip | {5}) \S/);
  expect(output).toMatch(/^ok {4}configuration: /m);
  expect(output).toMatch(/^ok {4}Redis: answers in /m);
  expect(output).toMatch(/^skip {2}public address: .*\n {6}→ give it/m);
  expect(lines.at(-1)).toMatch(/^\d+ ok, \d+ to look at, 0 wrong, \d+ not looked at$/);
  expect(output).not.toContain('CANARY');
});

test('[Y1] with a failure the exit code is 1', async () => {
  const { code, output } = await doctor({
    REDIS_URL: 'redis://:CANARY@127.0.0.1:1',
    DEPLOYMENT_SECRET: SECRET,
  });
  expect(code).toBe(1);
  expect(output).toMatch(/^fail {2}Redis: .*\n {6}→ look whether it runs/m);
  expect(output).not.toContain('CANARY');
});

test('[Y2] each wrong variable has its line', async () => {
  const env = { PORT: 'x', MATCH_WINDOW: '0', TURN_URLS: 'turn:turn.test' };
  const found = await collected(examine({ env, now: Date.now }));
  expect(found.map(({ level }) => level)).toEqual(['fail', 'fail', 'fail']);
  for (const name of ['PORT', 'MATCH_WINDOW', 'TURN_SECRET'])
    expect(found.filter(({ detail }) => detail.startsWith(name))).toHaveLength(1);
});

test('[Y2] outside production it says that unsafe settings are not refused', async () => {
  const env = { DEPLOYMENT_SECRET: SECRET };
  const [, development] = await collected(examine({ env, now: Date.now }));
  expect(development).toMatchObject({
    level: 'warn',
    advice: expect.stringContaining('NODE_ENV=production'),
  });
  const production = await collected(examine({ env: { ...env, NODE_ENV: 'production' }, now: Date.now }));
  expect(production.filter(({ subject }) => subject === 'configuration')).toMatchObject([{ level: 'ok' }]);
});

test('[Y3] the deployment key is found good, missing, broken or readable by others; nothing is written', async () => {
  const dataDir = join(await folder(), 'data');
  const check = () => collected(checkDataDir({ deploymentSecret: undefined, dataDir }));
  expect(await check()).toMatchObject([{ level: 'ok', detail: expect.stringContaining('none yet') }]);
  await expect(readdir(dataDir)).rejects.toThrow('ENOENT');
  deploymentKey(undefined, dataDir);
  expect(await check()).toMatchObject([{ level: 'ok', detail: join(dataDir, 'deployment-key') }]);
  await chmod(join(dataDir, 'deployment-key'), 0o644);
  expect(await check()).toMatchObject([{ level: 'fail', advice: expect.stringContaining('chmod 600') }]);
  await writeFile(join(dataDir, 'deployment-key'), 'half a k');
  expect(await check()).toMatchObject([
    { level: 'fail', detail: expect.stringContaining('does not hold a key') },
  ]);
  expect(await collected(checkDataDir({ deploymentSecret: SECRET, dataDir }))).toMatchObject([
    { level: 'ok' },
  ]);
});

test('[Y3] a data directory that cannot be one is a failure', async () => {
  const file = join(await folder(), 'file');
  await writeFile(file, '');
  for (const dataDir of [file, join(file, 'data')]) {
    const found = await collected(checkDataDir({ deploymentSecret: undefined, dataDir }));
    expect(found, dataDir).toMatchObject([{ level: 'fail', advice: expect.any(String) }]);
  }
});

test('[Y6] a Redis that is there is asked for its version, policy, persistence and clock', async () => {
  const found = await collected(checkRedis({ redisUrl: redis.url }));
  expect(found).toMatchObject([
    { level: 'ok', detail: expect.stringMatching(/^version [789]/) },
    { level: 'ok', detail: expect.stringContaining('noeviction') },
    { level: 'warn', detail: expect.stringContaining('appendonly is off') },
    { level: 'ok', subject: 'clock' },
    { level: 'ok', detail: expect.stringMatching(/^answers in/) },
  ]);
  expect(await collected(checkRedis({ redisUrl: undefined }))).toMatchObject([{ level: 'skip' }]);
});

test('[Y6] an old Redis, one that throws keys away, and a clock that is wrong are told', () => {
  const info = 'redis_version:6.2.1\r\nmaxmemory_policy:allkeys-lru\r\naof_enabled:1\r\n';
  expect([...judgeRedis(info)]).toMatchObject([
    { level: 'fail', detail: 'version 6.2.1' },
    { level: 'fail', advice: expect.stringContaining('noeviction') },
  ]);
  expect([...judgeRedis('')].map(({ level }) => level)).toEqual(['fail', 'fail', 'warn']);
  expect(judgeClock(-6_000)).toMatchObject({
    level: 'warn',
    detail: expect.stringContaining('6.0 s ahead of'),
  });
  expect(judgeClock(6_000)).toMatchObject({ level: 'warn', detail: expect.stringContaining('6.0 s behind') });
});

test('[Y6] a Redis that is not there is a failure, and its password is not told', async () => {
  const found = await collected(checkRedis({ redisUrl: 'redis://user:CANARY@127.0.0.1:1' }));
  expect(found).toMatchObject([{ level: 'fail', detail: expect.stringContaining('ECONNREFUSED') }]);
  expect(JSON.stringify(found)).not.toContain('CANARY');
});

test('[Y7] the public address is asked for its health, for the clock and for WebSocket', async () => {
  const { url } = await startTestServer();
  expect(await collected(checkOrigin({ origin: url, now: Date.now }))).toMatchObject([
    { level: 'ok', detail: '/health answers ok' },
    { level: 'ok', subject: 'clock' },
    { level: 'ok', detail: expect.stringContaining('/ready') },
    { level: 'ok', detail: 'WebSocket gets through' },
  ]);
  const slow = await collected(checkOrigin({ origin: url, now: () => Date.now() + 90_000 }));
  expect(slow[1]).toMatchObject({ level: 'warn', detail: expect.stringMatching(/^(89|90|91) s ahead of/) });
});

/** A front door that is not ours, on loopback. */
async function serve(listener: RequestListener, tls?: { key: string; certificate: string }): Promise<number> {
  const server = tls ? createHttps({ key: tls.key, cert: tls.certificate }, listener) : createHttp(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

test('[Y7] the certificate is checked, and how long it is good for', async () => {
  const authority = await createCertificateAuthority();
  const listener: RequestListener = (_, response) => void response.end('ok');
  const port = await serve(listener, await authority.issue('localhost'));
  const check = (origin: string, ca?: string, now = Date.now()) =>
    collected(checkOrigin({ origin, now: () => now, ca }));
  const origin = `https://localhost:${port}`;
  const trusted = await check(origin, authority.certificate);
  // Good for a day: Caddy would have renewed it long ago.
  expect(trusted[0]).toMatchObject({ level: 'warn', detail: expect.stringContaining('0 more day') });
  const earlier = await check(origin, authority.certificate, Date.now() - 20 * DAY_MS);
  expect(earlier[0]).toMatchObject({ level: 'ok', detail: expect.stringContaining('20 more day') });
  expect(await check(origin)).toMatchObject([
    { level: 'fail', detail: expect.stringContaining('certificate') },
  ]);
  const other = `https://127.0.0.1:${port}`;
  expect(await check(other, authority.certificate)).toMatchObject([{ level: 'fail' }]);
});

test('[Y7] a front door that leads elsewhere, is not ready or stops WebSocket is a failure', async () => {
  const port = await serve((request, response) => {
    response.statusCode = request.url === '/ready' ? 503 : 200;
    response.end('<html>');
  });
  const found = await collected(checkOrigin({ origin: `http://127.0.0.1:${port}`, now: Date.now }));
  expect(found.filter(({ level }) => level === 'fail')).toMatchObject([
    { detail: '/health answers 200, not ok' },
    { detail: '/ready answers 503' },
    { detail: 'WebSocket is answered 200' },
  ]);
});

test('[Y7] an address without TLS, that is none, or that is not there is a failure', async () => {
  for (const origin of [
    'http://chat.test',
    'chat.test',
    'ftp://chat.test',
    'https://chat.test/path',
    'http://127.0.0.1:1',
  ]) {
    const found = await collected(checkOrigin({ origin, now: Date.now }));
    expect(found, origin).toMatchObject([{ level: 'fail' }]);
  }
});
