-- What every verb needs: the call, and the sessions that it reads and writes.
--
-- keys[1]  what all keys of the deployment begin with: one hash tag, so that they are in one slot
-- args[1]  the time in milliseconds, or '' for the clock of Redis (which it is but in tests)
-- args[2]  this node   args[3]  128 unguessable bits, for match ids   args[4]  uniform in [0, 1)
-- args[5] and on: the arguments of the verb
--
-- Keys, behind that prefix:
--   s:ID  hash, a session: `state` is its record, and its mailbox is there by offset
--   a:ACCOUNT  string, its session      n:NODE  set, its sessions       nodes     zset, nodes by end
--   p:LIST  zset, tickets by waiting    d:MODE  zset, who waits, by the next look at it
--   i:MODE  set, matches: who answers    leases  zset, sessions by end, or sooner
--   x:A\nB  string, barred until

-- Whatever nobody touches is gone after a day; a session's own keys after ten minutes.
local SHARED_TTL_MS, SESSION_TTL_MS = '86400000', 600000
-- So long a node is trusted that has not swept yet: as long as redis.ts says for one that has.
local NEW_NODE_MS = 8000
local MODES = { 'video', 'voice', 'text' }

-- All that changes from here on belongs to one call, and is new in each.
local prefix, now, node, unguessable, drawn
-- Microseconds since 1970, by the clock of Redis whatever `now` says; and one more for each ticket that waits.
local arrival
-- By id; false: there is none. How each was stored, and what comes into its mailbox: offset, event, and so on.
local sessions, stored, posted
-- What this node has to tell its watchers (the id alone, or with the reason of the end behind a tab), and
-- what it has to know or to count itself (behind a tab).
local news
-- Whose mailbox is full (`isSlow`): ended when the verb is done, never in its middle.
local slow
local matchesMade

local function begin(keys, args)
  prefix, node, unguessable, drawn = keys[1], args[2], args[3], args[4]
  local clock = redis.call('TIME')
  arrival = clock[1] * 1000000 + clock[2]
  now = tonumber(args[1]) or math.floor(arrival / 1000)
  sessions, stored, posted, news, slow = {}, {}, {}, {}, {}
  matchesMade = 0
end

-- Redis would write it with 17 digits, which takes longer.
local function int(number)
  return string.format('%d', number)
end

local function key(kind, name)
  return prefix .. kind .. name
end

-- Only to look at: what is changed in it is lost, unless it is kept.
local function glimpse(id)
  local known = sessions[id]
  if known ~= nil then return known end
  local packed = redis.call('HGET', key('s:', id), 'state')
  return packed and unpackRecord(packed), packed
end

local function keep(id, entry, packed)
  if sessions[id] == nil then sessions[id], stored[id] = entry, packed end
end

-- What is changed in it is written when the script answers.
local function session(id)
  local entry, packed = glimpse(id)
  keep(id, entry, packed)
  return entry or nil
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

-- From now on this node shows it. It may die before its first sweep, and is missed all the same.
local function show(entry)
  redis.call('SADD', key('n:', node), entry[ID])
  redis.call('PEXPIRE', key('n:', node), SHARED_TTL_MS)
  redis.call('ZADD', prefix .. 'nodes', 'NX', int(now + NEW_NODE_MS), node)
end

-- No lease ends before its score says so; a sweep that looks too early corrects it. So a lease that is
-- prolonged, as it is by each match and each renewal, costs nothing here.
local function lease(entry, ms)
  local ends = now + ms
  if ends < entry[LEASE_END] then redis.call('ZADD', prefix .. 'leases', int(ends), entry[ID]) end
  entry[LEASE_END] = ends
end

local function renew(entry)
  lease(entry, entry[MATCH] ~= '' and entry[MATCHED_MS] or entry[SEARCHING_MS])
end

-- A session that knows nothing yet and that no node shows; its lease is for the caller to give.
local function create(id, account, searchingMs, matchedMs)
  local entry = newRecord()
  entry[ID], entry[ACCOUNT], entry[MODE] = id, account, 'video'
  entry[SEARCHING_MS], entry[MATCHED_MS], entry[LEASE_END] = searchingMs, matchedMs, math.huge
  sessions[id] = entry
  redis.call('SET', key('a:', account), id)
  return entry
end

-- At each renewal; in between the keys have time enough.
local function keepKeys(entry)
  local ttl = int(SESSION_TTL_MS + entry[MATCHED_MS])
  redis.call('PEXPIRE', key('s:', entry[ID]), ttl)
  redis.call('PEXPIRE', key('a:', entry[ACCOUNT]), ttl)
end

-- For the node that runs this script, and for no other: its metrics, and what befell it.
local function tally(what)
  news[#news + 1] = '\t' .. what
end

local endSlow

-- The answer of a verb: first the news for this node's watchers.
local function answer(...)
  if slow[1] then endSlow() end
  for id, entry in pairs(sessions) do
    if entry then
      local packed, events = packRecord(entry), posted[id]
      if events then
        redis.call('HSET', key('s:', id), 'state', packed, unpack(events))
      elseif packed ~= stored[id] then
        redis.call('HSET', key('s:', id), 'state', packed)
      end
    end
  end
  return { news, ... }
end
