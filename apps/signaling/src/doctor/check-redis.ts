import { createClient } from '@redis/client';
import { type Finding, reasonOf } from './finding.ts';

const subject = 'Redis';
const CONNECT_MS = 3_000;
const VERSION_MIN = 7;
/** Leases run by the clock of Redis, waiting times and tokens also by that of the nodes. */
const SKEW_MS_MAX = 5_000;

/** Whether Redis is there, new enough, never throws keys away and may run functions. Writes nothing. */
export async function* checkRedis({ redisUrl }: { redisUrl: string | undefined }): AsyncGenerator<Finding> {
  if (redisUrl === undefined) {
    yield {
      level: 'skip',
      subject,
      detail: 'REDIS_URL is not set: one node, which forgets all when it restarts',
    };
    return;
  }
  const client = createClient({
    url: redisUrl,
    socket: { connectTimeout: CONNECT_MS, socketTimeout: CONNECT_MS, reconnectStrategy: false },
  });
  // It is told by `connect`, too; without a listener it would end the process.
  client.on('error', () => {});
  try {
    await client.connect();
    const asked = performance.now();
    await client.ping();
    const ms = (performance.now() - asked).toFixed(1);
    yield* judgeRedis(await client.info());
    await client.functionStats();
    const [seconds, microseconds] = (await client.sendCommand(['TIME'])) as unknown as [string, string];
    yield judgeClock(Number(seconds) * 1_000 + Number(microseconds) / 1_000 - Date.now());
    yield { level: 'ok', subject, detail: `answers in ${ms} ms` };
  } catch (error) {
    yield {
      level: 'fail',
      subject,
      detail: reasonOf(error),
      advice:
        'look whether it runs, and at host, port, user and password in REDIS_URL; matching pauses without it',
    };
  } finally {
    client.destroy();
  }
}

/** What `INFO` says of its version and of what happens to keys. */
export function* judgeRedis(info: string): Generator<Finding> {
  const facts = new Map(info.split('\r\n').map((line) => line.split(':', 2) as [string, string]));
  const version = facts.get('redis_version') ?? 'unknown';
  yield Number.parseInt(version, 10) >= VERSION_MIN
    ? { level: 'ok', subject, detail: `version ${version}` }
    : { level: 'fail', subject, detail: `version ${version}`, advice: `use version ${VERSION_MIN} or newer` };

  const policy = facts.get('maxmemory_policy') ?? 'unknown';
  yield policy === 'noeviction'
    ? { level: 'ok', subject, detail: 'throws nothing away when memory is full (noeviction)' }
    : {
        level: 'fail',
        subject,
        detail: `maxmemory-policy is ${policy}: with full memory people would vanish from their matches`,
        advice: 'set maxmemory-policy noeviction, and give it a database of its own',
      };

  if (facts.get('aof_enabled') !== '1') {
    yield {
      level: 'warn',
      subject,
      detail: 'keeps nothing over a restart (appendonly is off)',
      advice: 'set appendonly yes, or everybody has to search again when it restarts',
    };
  }
}

export function judgeClock(skewMs: number): Finding {
  const seconds = (Math.abs(skewMs) / 1_000).toFixed(1);
  return Math.abs(skewMs) <= SKEW_MS_MAX
    ? { level: 'ok', subject: 'clock', detail: `${seconds} s from that of Redis` }
    : {
        level: 'warn',
        subject: 'clock',
        detail: `${seconds} s ${skewMs > 0 ? 'behind' : 'ahead of'} that of Redis`,
        advice: 'let both machines keep time by NTP',
      };
}
