import { type Mutation, one } from './mutation.ts';

const LUA = 'apps/signaling/src/backplane/lua';
const HISTORY = 'campaigns/history.test.ts';
const PAUSES = 'campaigns/pauses.test.ts';

/** Of several nodes over Redis, seen by the campaigns alone or by them as well. */
export const CAMPAIGNS: readonly Mutation[] = [
  one(
    'a node that was taken for dead is trusted as before (nodes over Redis)',
    `${LUA}/parts/sessions.lua`,
    'if entry and entry[NODE] == node then return entry end',
    'if entry then return entry end',
    HISTORY,
    PAUSES,
    'apps/signaling/test/two-nodes.test.ts',
  ),
  one(
    'who is taken from the pool stays in it (nodes over Redis)',
    `${LUA}/parts/matches.lua`,
    '    withdraw(partner)\n    pair(entry, partner)',
    '    pair(entry, partner)',
    HISTORY,
  ),
  one(
    'nobody is kept apart (nodes over Redis)',
    `${LUA}/parts/pool.lua`,
    'if barredUntil > now then',
    'if false then',
    HISTORY,
  ),
  one(
    'what is sent is not tied to a match (nodes over Redis)',
    `${LUA}/send.lua`,
    "if match ~= 'current' and match ~= entry[MATCH] then return answer(0) end",
    '',
    HISTORY,
  ),
  one(
    'the partner of somebody who left is told nothing (nodes over Redis)',
    `${LUA}/parts/matches.lua`,
    `  post(stayer, matchId, '', '{"type":"partner-left","reason":"' .. reason .. '"}')`,
    '',
    HISTORY,
  ),
  one(
    'a goodbye on a line that was left behind ends the session (nodes over Redis)',
    `${LUA}/end.lua`,
    "if live(id) and entry[NODE] ~= node then return answer('') end",
    '',
    PAUSES,
    'apps/signaling/test/two-nodes.test.ts',
  ),
  one(
    'a node that dies before its first sweep is missed by nobody (nodes over Redis)',
    `${LUA}/parts/sessions.lua`,
    "redis.call('ZADD', prefix .. 'nodes', 'NX', int(now + NEW_NODE_MS), node)",
    '',
    PAUSES,
    'apps/signaling/test/two-nodes.test.ts',
  ),
  one(
    'a late attempt of a client takes its session up (nodes over Redis)',
    `${LUA}/claim.lua`,
    'if overtaken(claim, client, attempt) then return answer(0) end',
    '',
    HISTORY,
  ),
  one(
    'a resume token is worth something to another account (Redis)',
    `${LUA}/claim.lua`,
    'if not entry or entry[ACCOUNT] ~= account then return answer(0) end',
    'if not entry then return answer(0) end',
    'apps/signaling/test/chat.tokens.test.ts',
  ),
];
