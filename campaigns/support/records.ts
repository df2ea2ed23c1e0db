import { keyspaceOf, recordScript } from '../../apps/signaling/src/backplane/redis-scripts.ts';
import type { RedisServer } from '../../apps/signaling/test/support/redis-server.ts';

/** Everything that a deployment has in Redis, as it was at one moment. */
export interface Records {
  /** By the clock of Redis, milliseconds since 1970. */
  readonly at: number;
  /** Each session by what the script below names of its record. */
  readonly sessions: Map<string, Record<string, string>>;
  /** The session of each account. */
  readonly accounts: Map<string, string>;
  /** Of whom it is known who may take them up. */
  readonly claims: string[];
  /** What is in the mailboxes: session, colon, offset. */
  readonly events: string[];
  /** Who waits, and who answers in a match, by mode. */
  readonly waiting: Map<string, string[]>;
  readonly matched: Map<string, string[]>;
  /** Who can be taken, by list. */
  readonly pool: Map<string, string[]>;
  /** Who can be taken and is looked at again at some time, by mode. */
  readonly again: Map<string, string[]>;
  /** Whose lease is looked after. */
  readonly leases: string[];
  /** Sessions by the node that shows them. */
  readonly nodes: Map<string, string[]>;
  /** Keys that nothing here knows, and those that never expire. */
  readonly strange: string[];
}

// One script, so that no verb comes in between; it reads a record as the verbs do.
const SCRIPT = `${recordScript()}
local clock, all, sessions = redis.call('TIME'), {}, {}
for _, name in ipairs(redis.call('KEYS', ARGV[1] .. '*')) do
  local kind, value = redis.call('TYPE', name).ok, {}
  if kind == 'set' then value = redis.call('SMEMBERS', name)
  elseif kind == 'zset' then value = redis.call('ZRANGE', name, 0, -1)
  elseif kind == 'hash' then value = redis.call('HGETALL', name)
  elseif kind == 'string' then value = { redis.call('GET', name) }
  end
  if name == ARGV[1] .. 'sessions' then
    local records, others = {}, {}
    for index = 1, #value, 2 do
      local fields = string.find(value[index], ':', 1, true) and others or records
      fields[#fields + 1], fields[#fields + 2] = value[index], value[index + 1]
    end
    value = others
    for index = 1, #records, 2 do
      local entry = unpackRecord(records[index], records[index + 1])
      sessions[#sessions + 1] = { 'id', entry[ID], 'account', entry[ACCOUNT], 'node', entry[NODE],
        'mode', parseWishes(entry[WISHES]).mode, 'waiting', ({ 'placed', 'withheld' })[entry[WAITING]] or '',
        'match', entry[MATCH], 'partner', entry[PARTNER], 'role', ({ 'offerer', 'answerer' })[entry[ROLE]] or '',
        'leaseEnd', string.format('%.0f', entry[LEASE_END]),
        'acknowledged', string.format('%.0f', entry[ACKNOWLEDGED]), 'last', string.format('%.0f', entry[LAST]) }
    end
  end
  all[#all + 1] = { string.sub(name, #ARGV[1] + 1), redis.call('PTTL', name), value }
end
return { clock[1] * 1000 + math.floor(clock[2] / 1000), all, sessions }
`;

/** Reads everything of the deployment of this prefix, in one atomic step. */
export async function readRecords(redis: RedisServer, prefix: string): Promise<Records> {
  const answer = await redis.ask('EVAL', SCRIPT, '0', keyspaceOf(prefix));
  const [at, all, sessions] = answer as [number, [key: string, ttl: number, value: string[]][], string[][]];
  const records: Records = {
    at,
    sessions: new Map(sessions.map((flat) => [flat[1] ?? '', fields(flat)])),
    accounts: new Map(),
    claims: [],
    events: [],
    waiting: new Map(),
    matched: new Map(),
    pool: new Map(),
    again: new Map(),
    leases: [],
    nodes: new Map(),
    strange: [],
  };
  for (const [key, ttl, value] of all) {
    const [, kind = key, name = ''] = /^([a-z]):(.*)$/s.exec(key) ?? [];
    if (ttl === -1) records.strange.push(`${key} never expires`);
    switch (kind) {
      case 'sessions':
        for (const [field, stored] of Object.entries(fields(value))) {
          const [id = '', what] = field.split(':');
          if (id === '') records.accounts.set(field.slice(1), stored);
          else if (what === 'claim') records.claims.push(id);
          else records.events.push(field);
        }
        break;
      case 'd':
        wait(records, name, value);
        break;
      case 'o':
        records.again.set(name, value);
        break;
      case 'i':
        records.matched.set(name, value);
        break;
      case 'p': {
        // Behind its place in line, which has a fixed length.
        const ids = value.map((member) => member.slice(17));
        records.pool.set(name, ids);
        // Whoever would meet anyone.
        if (name.endsWith('\n\n')) wait(records, name.slice(0, -2), ids);
        break;
      }
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

function wait({ waiting }: Records, mode: string, ids: readonly string[]): void {
  waiting.set(mode, [...(waiting.get(mode) ?? []), ...ids]);
}

function fields(flat: readonly string[]): Record<string, string> {
  const record: Record<string, string> = {};
  for (let index = 0; index < flat.length; index += 2) record[flat[index] ?? ''] = flat[index + 1] ?? '';
  return record;
}
