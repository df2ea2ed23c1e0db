-- What every verb needs: the call, and the sessions that it reads and writes.
--
-- Keys, behind that prefix:
--   sessions  hash, all that is of sessions. Their records, see `record.lua`: by id. Of each, by its id, a colon, and
--             an offset: an event in its mailbox; `claim`: see `resuming.lua`. By a colon and an account: its session
--   n:NODE  set, its sessions             nodes   zset, nodes by end
--   p:LIST  zset, tickets by waiting; of each mode one list holds all who would meet anyone: see `openList`
--   d:MODE  zset, who waits but in that list, by the next look at it
--   o:MODE  zset, who waits in it and has to be looked at again, by when
--   i:MODE  set, matches: who answers     leases  zset, sessions by end, or sooner
--   x:A\nB  string, barred until
local SESSIONS = 'sessions'

-- Where no session is renewed any more, all that is of sessions is gone after ten minutes; whatever else nobody touches
-- after a day.
local SHARED_TTL_MS, SESSIONS_TTL_MS = '86400000', '600000'
-- So long a node is trusted that has not swept yet: as long as redis.ts says for one that has.
local NEW_NODE_MS = 8000
local MODES = { 'video', 'voice', 'text' }

-- Of one call, and new in each: what all keys of the deployment begin with (one hash tag, so that they are in one
-- slot), the time in milliseconds, and the node that calls.
local prefix, now, node
-- Microseconds since 1970, by the clock of Redis whatever `now` says; and one more for each ticket that waits.
local arrival
-- By id: every session that was looked for, as it is now; false: there is none. Who waits is often found by the next
-- verb.
local known
-- What is to be written at the end of the call: records (id, record, and so on), events (field, event, and so on), and
-- the fields of events that are read and acknowledged.
local unwritten, events, acknowledged
-- What other nodes are told when all of the call is written: channel, message, and so on.
local published
-- By how they are stored: see `wishesOf`.
local wishes
-- By name: a list of tickets that is short, with all that is in it and what of that is not written yet; false: long.
local lists
-- Who answers in a match from now on (true), or does no more (false): mode, id, which of the two, and so on.
local answering
-- All that changes from here on belongs to one verb. How many came before it, and what was to be written then.
local verb, eventsBefore, answeringBefore, acknowledgedBefore, publishedBefore
local unguessable, drawn
-- The sessions that it may change.
local touched, touchedCount
-- What this node has to tell its watchers, in threes: a session, the offset of an event that was posted to it, and the
-- event as it is stored; or a session, why it is over, and nothing; or nothing, what the node has to know or to count
-- itself, and nothing.
local news
-- Whose mailbox is full (`isSlow`): ended when the verb is done, never in its middle.
local slow
local matchesMade

-- `time`: in milliseconds, or '' for the clock of Redis (which it is but in tests).
local function beginCall(keyPrefix, time, caller)
  local clock = redis.call('TIME')
  prefix, node = keyPrefix, caller
  known, unwritten, events, acknowledged, answering, published = {}, {}, {}, {}, {}, {}
  wishes, lists, touched, slow, verb = {}, {}, {}, {}, 0
  arrival = clock[1] * 1000000 + clock[2]
  now = tonumber(time) or math.floor(arrival / 1000)
end

-- `bits`: 128 unguessable ones, for match ids; `number`: uniform in [0, 1).
local function beginVerb(bits, number)
  unguessable, drawn, verb, touchedCount = bits, number, verb + 1, 0
  news, matchesMade = {}, 0
  eventsBefore, answeringBefore, acknowledgedBefore = #events, #answering, #acknowledged
  publishedBefore = #published
end

-- What a verb that failed has changed in its sessions is not written, and is not to be read.
local function forgetVerb()
  for index = 1, touchedCount do
    local entry = touched[index]
    local id, packed = entry[ID], entry[STORED]
    if known[id] == entry then
      known[id] = packed and unpackRecord(id, packed)
      if packed then known[id][MAILED] = entry[MAILED] end
    end
  end
  for index = #events, eventsBefore + 1, -1 do events[index] = nil end
  for index = #answering, answeringBefore + 1, -1 do answering[index] = nil end
  for index = #acknowledged, acknowledgedBefore + 1, -1 do acknowledged[index] = nil end
  for index = #published, publishedBefore + 1, -1 do published[index] = nil end
  slow = {}
end

-- Redis would write it with 17 digits, which takes longer.
local function int(number)
  return string.format('%d', number)
end

local function key(kind, name)
  return prefix .. kind .. name
end

-- An array of arguments is no longer than this, and even: Lua hands over some thousands at most.
local ARGUMENTS_MAX = 1000

-- The answers of the command for all of these arguments, so many at a time.
local function inParts(command, name, list)
  local answers = {}
  for first = 1, #list, ARGUMENTS_MAX do
    local last = math.min(first + ARGUMENTS_MAX - 1, #list)
    answers[#answers + 1] = redis.call(command, name, unpack(list, first, last))
  end
  return answers
end

-- One command for many costs a fraction of one for each.
local function readAhead(ids)
  if #ids == 0 then return end
  for index, packed in ipairs(redis.call('HMGET', prefix .. SESSIONS, unpack(ids))) do
    local id = ids[index]
    if known[id] == nil then known[id] = packed and unpackRecord(id, packed) end
  end
end

-- Only to look at: what is changed in it is lost, unless it is kept.
local function glimpse(id)
  local entry = known[id]
  if entry == nil then
    local packed = redis.call('HGET', prefix .. SESSIONS, id)
    entry = packed and unpackRecord(id, packed)
    known[id] = entry
  end
  return entry
end

local function keep(entry)
  if entry[VERB] == verb then return end
  entry[VERB], touchedCount = verb, touchedCount + 1
  touched[touchedCount] = entry
end

-- What is changed in it is written at the end of the call.
local function session(id)
  local entry = glimpse(id)
  if not entry then return nil end
  keep(entry)
  return entry
end

-- A session whose lease has lapsed is refused, not trusted.
local function live(id)
  local entry = session(id)
  if entry and entry[LEASE_END] > now then return entry end
  return nil
end

-- What its client asks for or shows counts at the node that shows the session: a line that was left behind at
-- another says nothing any more.
local function shown(id)
  local entry = live(id)
  if entry and entry[NODE] == node then return entry end
  return nil
end

local function mayMeet(entry)
  return entry[LEASE_END] > now and not entry.isSlow
end

-- Read once of all who wish for the same: by far the most wish for nothing but a mode.
local function wishesOf(entry)
  local text = entry[WISHES]
  local parsed = wishes[text]
  if not parsed then
    parsed = parseWishes(text)
    wishes[text] = parsed
  end
  return parsed
end

-- From now on this node shows it. It may die before its first sweep, and is missed all the same.
local function show(entry)
  redis.call('SADD', key('n:', node), entry[ID])
  redis.call('PEXPIRE', key('n:', node), SHARED_TTL_MS)
  redis.call('ZADD', prefix .. 'nodes', 'NX', int(now + NEW_NODE_MS), node)
  redis.call('PEXPIRE', prefix .. 'nodes', SHARED_TTL_MS)
end

-- No lease ends before its score says so; a sweep that looks too early corrects it. So a lease that is
-- prolonged, as it is by each match and each renewal, costs nothing here.
local function lease(entry, ms)
  local ends = now + ms
  if ends < entry[LEASE_END] then
    redis.call('ZADD', prefix .. 'leases', int(ends), entry[ID])
    redis.call('PEXPIRE', prefix .. 'leases', SHARED_TTL_MS)
  end
  entry[LEASE_END] = ends
end

local function renew(entry)
  lease(entry, entry[MATCH] ~= '' and entry[MATCHED_MS] or entry[SEARCHING_MS])
end

-- Or false.
local function sessionIdOf(account)
  return redis.call('HGET', prefix .. SESSIONS, accountField(account))
end

-- A session that knows nothing yet and that no node shows; its lease is for the caller to give.
local function create(id, account, mode, searchingMs, matchedMs)
  local entry = newRecord(id)
  entry[ACCOUNT], entry[WISHES] = account, plainWishes(mode)
  entry[SEARCHING_MS], entry[MATCHED_MS], entry[LEASE_END] = searchingMs, matchedMs, math.huge
  known[id] = entry
  keep(entry)
  redis.call('HSET', prefix .. SESSIONS, accountField(account), id)
  return entry
end

-- For the node that runs this script, and for no other: its metrics, and what befell it.
local function tally(what)
  local count = #news
  news[count + 1], news[count + 2], news[count + 3] = '', what, ''
end

local endSlow

-- The answer of a verb: first the news for this node's watchers.
local function answer(...)
  if slow[1] then endSlow() end
  for index = 1, touchedCount do
    local entry = touched[index]
    local id, packed = entry[ID], packRecord(entry)
    if packed ~= entry[STORED] and known[id] == entry then
      local at = entry[AT]
      if unwritten[at] ~= id then
        at = #unwritten + 1
        unwritten[at], entry[AT] = id, at
      end
      unwritten[at + 1], entry[STORED] = packed, packed
    end
  end
  return { news, ... }
end

-- From now on it is the answerer of a match, or is not. Known in Redis at the end of the call, or when it is asked for.
local function answersIn(mode, id, isAnswerer)
  local count = #answering
  answering[count + 1], answering[count + 2], answering[count + 3] = mode, id, isAnswerer
end

local function writeAnswerers()
  local last = {}
  for index = 1, #answering, 3 do
    local mode = answering[index]
    last[mode] = last[mode] or {}
    last[mode][answering[index + 1]] = answering[index + 2]
  end
  for mode, changes in pairs(last) do
    local added, removed = {}, {}
    for id, isAnswerer in pairs(changes) do
      local list = isAnswerer and added or removed
      list[#list + 1] = id
    end
    if added[1] then
      redis.call('SADD', key('i:', mode), unpack(added))
      redis.call('PEXPIRE', key('i:', mode), SHARED_TTL_MS)
    end
    if removed[1] then redis.call('SREM', key('i:', mode), unpack(removed)) end
  end
end
