import { readFile } from 'node:fs/promises';
import type { RedisServer } from '../../apps/signaling/test/support/redis-server.ts';

const PREFIX = '{passerby}';
/** A sweep comes by each second, and may have to wait for the machine. */
const ENDED_WITHIN_MS = 3_000;
const RECORD = new URL('../../apps/signaling/src/backplane/lua/parts/record.lua', import.meta.url);
const SCRIPT = new URL('census.lua', import.meta.url);

/**
 * Counts the sessions in Redis. `orphans`: the records that belong to nobody, one line each: those of a node that
 * is gone, of a session past its lease, of one side of a match alone, and those that name a session that does not
 * stand there. A session that waits for its client inside its lease is none.
 */
export async function census(redis: RedisServer): Promise<{ sessions: number; orphans: string[] }> {
  const parts = await Promise.all([RECORD, SCRIPT].map((file) => readFile(file, 'utf8')));
  const answer = await redis.ask('EVAL', parts.join('\n'), '0', PREFIX, `${ENDED_WITHIN_MS}`);
  const [sessions, orphans] = answer as [number, string[]];
  return { sessions, orphans };
}
