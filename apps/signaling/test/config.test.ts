import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ConfigError, loadConfig } from '../src/config.ts';
import { deploymentKey, deriveKey } from '../src/deployment-key.ts';

const serviceAccount = JSON.stringify({ project_id: 'p', client_email: 'e@p.test', private_key: 'k' });
const bcryptHash = `$2b$10$${'a'.repeat(53)}`;

test('[F1] without any variable everything has a default', () => {
  const config = loadConfig({});
  expect(config).toMatchObject({
    host: '0.0.0.0',
    port: 8080,
    serveWeb: true,
    production: false,
    matchWindow: 8,
    interestWaitMs: 10_000,
    countMin: 5,
    auth: { kind: 'guest' },
    ice: { stunUrls: [], turnUrls: [] },
  });
  expect(config.admin).toBeUndefined();
  expect(Object.isFrozen(config)).toBe(true);
});

test('[F1] an empty variable is one that is not set', () => {
  expect(loadConfig({ PORT: '', TURN_URLS: ' ' }).port).toBe(8080);
});

test('[F2] C03 all wrong variables are reported at once, each by its name', () => {
  const env = {
    PORT: 'x',
    ADMIN_PORT: '70000',
    SERVE_WEB: 'yes',
    LOG_LEVEL: 'loud',
    MATCH_WINDOW: '0',
    TURN_URLS: 'http://turn.test',
    STUN_URLS: 'nonsense',
    ALLOWED_ORIGINS: '*,https://a.test/path',
    DEPLOYMENT_SECRET: 'short',
    SERVICE_ACCOUNT_CREDENTIAL: '{"project_id": 1}',
    SOCKET_ADMIN_TYPE: 'none',
    SOCKET_ADMIN_PASSWORD: 'plain',
  };
  const error = problemsOf(env);
  for (const name of [...Object.keys(env), 'SOCKET_ADMIN_USERNAME', 'TURN_SECRET'])
    expect(error).toContain(name);
});

test('[F3] unsafe settings are refused in production', () => {
  const production = { NODE_ENV: 'production' };
  expect(problemsOf({ ...production, FIREBASE_AUTH_EMULATOR_HOST: '127.0.0.1:9099' })).toContain(
    'FIREBASE_AUTH_EMULATOR_HOST',
  );
  expect(problemsOf({ ...production, ALLOWED_ORIGINS: 'http://chat.test' })).toContain('https');
  expect(problemsOf({ ...production, PUBLIC_FIREBASE_AUTH_EMULATOR: 'http://127.0.0.1:9099' })).toContain(
    'PUBLIC_FIREBASE_AUTH_EMULATOR',
  );
  const turn = { TURN_URLS: 'turn:turn.test', TURN_SECRET: 'short' };
  expect(problemsOf({ ...production, ...turn })).toContain('TURN_SECRET');
  expect(problemsOf({ ...turn, TURN_TTL_SECONDS: '86400' })).toContain('TURN_TTL_SECONDS');
  expect(loadConfig({ ...production, ALLOWED_ORIGINS: 'https://chat.test' }).production).toBe(true);
});

test('[F4] the variable names operators already have still work', () => {
  const config = loadConfig({
    SERVICE_ACCOUNT_CREDENTIAL: serviceAccount,
    PUBLIC_FIREBASE_CONFIG: '{}',
    SOCKET_ADMIN_TYPE: 'basic',
    SOCKET_ADMIN_USERNAME: 'op',
    SOCKET_ADMIN_PASSWORD: bcryptHash,
  });
  expect(config.auth).toMatchObject({ kind: 'firebase', projectId: 'p' });
  expect(config.admin).toEqual({ username: 'op', passwordHash: bcryptHash, port: 8081 });
});

test('[F8] Redis needs an address that is one, and a secret that all nodes share', () => {
  const DEPLOYMENT_SECRET = 'x'.repeat(32);
  const problem = (env: Record<string, string>) => {
    try {
      loadConfig(env);
    } catch (error) {
      return String(error);
    }
    return undefined;
  };
  for (const REDIS_URL of ['redis://localhost:6379', 'rediss://user:pass@redis.test:6380/1']) {
    expect(loadConfig({ REDIS_URL, DEPLOYMENT_SECRET }).redisUrl).toBe(REDIS_URL);
    expect(problem({ REDIS_URL })).toContain('DEPLOYMENT_SECRET is required with REDIS_URL');
  }
  for (const REDIS_URL of ['localhost:6379', 'http://localhost:6379', 'redis']) {
    expect(problem({ REDIS_URL, DEPLOYMENT_SECRET })).toContain('REDIS_URL must be an address');
  }
  expect(loadConfig({}).redisUrl).toBeUndefined();
});

test('[F7] a page and a server that do not agree on Firebase do not start', () => {
  expect(problemsOf({ PUBLIC_FIREBASE_CONFIG: '{}' })).toContain('SERVICE_ACCOUNT_CREDENTIAL');
  expect(problemsOf({ SERVICE_ACCOUNT_CREDENTIAL: serviceAccount })).toContain('PUBLIC_FIREBASE_CONFIG');
  expect(loadConfig({ SERVICE_ACCOUNT_CREDENTIAL: serviceAccount, SERVE_WEB: 'false' }).serveWeb).toBe(false);
});

test('[F5] every variable that is read stands in .env.example, and none that is not', () => {
  const text = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8');
  const documented = [...text.matchAll(/^#? ?([A-Z][A-Z_]+)=/gm)].map(([, name = '']) => name);
  const read = new Set<string>();
  const spy = new Proxy({} as Record<string, string | undefined>, {
    get: (_, name) => {
      read.add(String(name));
      if (name === 'FIREBASE_AUTH_EMULATOR_HOST') return '127.0.0.1:9099';
      return name === 'PUBLIC_FIREBASE_CONFIG' ? '{}' : undefined;
    },
  });
  loadConfig(spy);
  const web = readFileSync(new URL('../../web/src/env.ts', import.meta.url), 'utf8');
  for (const [, name = ''] of web.matchAll(/^ {2}([A-Z_]+): \{$/gm)) read.add(name);
  expect([...new Set(documented)].sort()).toEqual([...read].sort());
});

test('[F6] the deployment key is made once, for its owner alone, and kept', () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'passerby-')), 'data');
  const key = deploymentKey(undefined, folder);
  expect(key).toHaveLength(32);
  expect(deploymentKey(undefined, folder)).toEqual(key);
  expect(statSync(join(folder, 'deployment-key')).mode & 0o777).toBe(0o600);
  expect(deploymentKey('a secret of the operator’s choosing', folder)).not.toEqual(key);
});

test('[F6] a key file that does not hold a whole key stops the start', () => {
  const folder = mkdtempSync(join(tmpdir(), 'passerby-'));
  for (const content of ['', 'c2hvcnQ']) {
    writeFileSync(join(folder, 'deployment-key'), content);
    expect(() => deploymentKey(undefined, folder)).toThrow('does not hold a key');
  }
});

test('[F6] keys for different purposes differ', () => {
  const key = new Uint8Array(32);
  expect(deriveKey(key, 'a')).not.toEqual(deriveKey(key, 'b'));
  expect(deriveKey(key, 'a')).toEqual(deriveKey(key, 'a'));
});

function problemsOf(env: Record<string, string>): string {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('nothing was wrong');
}
