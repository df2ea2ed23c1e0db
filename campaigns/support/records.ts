import { readFileSync } from 'node:fs';
import type { RedisServer } from '../../apps/signaling/test/support/redis-server.ts';

/** Everything that a deployment has in Redis, as it was at one moment. */
export interface Records {
  /** By the clock of Redis, milliseconds since 1970. */
  readonly at: number;
  /** Each session by what the script below names of its record. */
  readonly sessions: Map<string, Record<string, string>>;
  /** The session of each account. */
  readonly accounts: Map<string, string>;
  /** Who waits, and who answers in a match, by mode. */
  readonly waiting: Map<string, string[]>;
  readonly matched: Map<string, string[]>;
  /** Who can be taken, by list. */
  readonly pool: Map<string, string[]>;
  /** Whose lease is looked after. */
  readonly leases: string[];
  /** Sessions by the node that shows them. */
  readonly nodes: Map<string, string[]>;
  /** Keys that nothing here knows, and those that never expire. */
  readonly strange: string[];
}

// One script, so that no verb comes in between; it reads a record as the verbs do.
const RECORD = new URL('../../apps/signaling/src/backplane/lua/parts/record.lua', import.meta.url);
const SCRIPT = `${readFileSync(RECORD, 'utf8')}
local clock, all = redis.call('TIME'), {}
for _, name in ipairs(redis.call('KEYS', ARGV[1] .. '*')) do
  local kind, value = redis.call('TYPE', name).ok, {}
  if kind == 'set' then value = redis.call('SMEMBERS', name)
  elseif kind == 'zset' then value = redis.call('ZRANGE', name, 0, -1)
  elseif kind == 'string' then value = { redis.call('GET', name) }
  elseif kind == 'hash' then
    local entry = unpackRecord(redis.call('HGET', name, 'state'))
    value = { 'account', entry[ACCOUNT], 'node', entry[NODE], 'mode', entry[MODE], 'waiting', entry[WAITING],
      'match', entry[MATCH], 'partner', entry[PARTNER], 'role', entry[ROLE],
      'leaseEnd', string.format('%.0f', entry[LEASE_END]) }
  end
  all[#all + 1] = { string.sub(name, #ARGV[1] + 1), redis.call('PTTL', name), value }
end
return { clock[1] * 1000 + math.floor(clock[2] / 1000), all }
`;

/** Reads everything behind this prefix, in one atomic step. */
export async function readRecords(redis: RedisServer, prefix: string): Promise<Records> {
  const answer = await redis.ask('EVAL', SCRIPT, '0', prefix);
  const [at, all] = answer as [number, [key: string, ttl: number, value: string[]][]];
  const records: Records = {
    at,
    sessions: new Map(),
    accounts: new Map(),
    waiting: new Map(),
    matched: new Map(),
    pool: new Map(),
    leases: [],
    nodes: new Map(),
    strange: [],
  };
  for (const [key, ttl, value] of all) {
    const [, kind = key, name = ''] = /^([a-z]):(.*)$/s.exec(key) ?? [];
    // What all share gets its end at the next sweep.
    if (ttl === -1 && /^[sapnx]$/.test(kind)) records.strange.push(`${key} never expires`);
    switch (kind) {
      case 's':
        records.sessions.set(name, fields(value));
        break;
      case 'a':
        records.accounts.set(name, value[0] ?? '');
        break;
      case 'd':
        records.waiting.set(name, value);
        break;
      case 'i':
        records.matched.set(name, value);
        break;
      case 'p':
        // Behind its place in line, which has a fixed length.
        records.pool.set(
          name,
          value.map((member) => member.slice(17)),
        );
        break;
      case 'n':
        records.nodes.set(name, value);
        break;
      case 'leases':
        records.leases.push(...value);
        break;
      case 'x':
      case 'nodes':
        break;
      default:
        records.strange.push(key);
    }
  }
  return records;
}

function fields(flat: readonly string[]): Record<string, string> {
  const record: Record<string, string> = {};
  for (let index = 0; index < flat.length; index += 2) record[flat[index] ?? ''] = flat[index + 1] ?? '';
  return record;
}
