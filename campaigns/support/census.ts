import { readFile } from 'node:fs/promises';
import { keyspaceOf, recordScript } from '../../apps/signaling/src/backplane/redis-scripts.ts';
import type { RedisServer } from '../../apps/signaling/test/support/redis-server.ts';

const PREFIX = keyspaceOf('{passerby}');
/** A sweep comes by each second, and may have to wait for the machine. */
const ENDED_WITHIN_MS = 3_000;
const SCRIPT = new URL('census.lua', import.meta.url);

/**
 * Counts the sessions in Redis. `orphans`: the records that belong to nobody, one line each: those of a node that
 * is gone, of a session past its lease, of one side of a match alone, and those that name a session that does not
 * stand there. A session that waits for its client inside its lease is none.
 */
export async function census(redis: RedisServer): Promise<{ sessions: number; orphans: string[] }> {
  const script = `${recordScript()}\n${await readFile(SCRIPT, 'utf8')}`;
  const answer = await redis.ask('EVAL', script, '0', PREFIX, `${ENDED_WITHIN_MS}`);
  const [sessions, orphans] = answer as [number, string[]];
  return { sessions, orphans };
}
