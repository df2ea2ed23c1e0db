-- What every script begins with: time, options, and the steps that the verbs are made of.
--
-- KEYS[1]  what all keys of the deployment begin with: one hash tag, so that they are in one slot
-- ARGV[1]  the time in milliseconds, or '' for the clock of Redis (which it is but in tests)
-- ARGV[2]  this node   ARGV[3]  128 unguessable bits, for match ids   ARGV[4]  uniform in [0, 1)
-- ARGV[5]  MATCH_WINDOW   ARGV[6]  INTEREST_WAIT_MS   ARGV[7]  REMATCH_AFTER_MS
-- ARGV[8]  the same for two who could not connect     ARGV[9]  MAILBOX_MAX
-- ARGV[10] and on: the arguments of the verb
--
-- Keys, behind KEYS[1]:
--   s:ID  hash, a session          b:ID    list, its mailbox           a:ACCOUNT  string, its session
--   m:ID  hash, a match            x:A\nB  string, barred until        p:KEY      zset, tickets by waiting
--   n:NODE  set, its sessions      leases  zset, sessions by end       due        zset, tickets by next look
--   nodes  zset, nodes by end      w:MODE  set, who waits              i:MODE  set, who is in a match
--   arrivals   counter
--
-- A session that waits has `since`, one in a match `match`, neither has neither. Absent is ''.

local clock = redis.call('TIME')
local now = tonumber(ARGV[1]) or clock[1] * 1000 + math.floor(clock[2] / 1000)
local node = ARGV[2]
local windowMax, interestWaitMs = tonumber(ARGV[5]), tonumber(ARGV[6])
local rematchAfterMs, rematchAfterFailureMs = tonumber(ARGV[7]), tonumber(ARGV[8])
local mailboxMax = tonumber(ARGV[9])

-- Whatever nobody touches is gone after a day; a session's own keys after ten minutes.
local SHARED_TTL_MS, SESSION_TTL_MS = 86400000, 600000
-- A ticket is looked at again by then, which keeps its lists from expiring under it.
local LOOK_AGAIN_MS = 43200000
-- [W7] and the age up to which a failure to connect is believed: as in memory.ts.
local CROSSING_MS, FAILED_WITHIN_MS = 2000, 20000
local PAGE = 32
local MODES = { 'video', 'voice', 'text' }

local sessions = {}
-- What of them is still to be written.
local changed = {}
-- What this node has to tell its watchers (the id alone, or with the reason of the end behind a tab), and
-- what it has to know or to count itself (behind a tab).
local news = {}
local told = {}
-- Whose mailbox is full: ended when the verb is done, never in its middle.
local slow, isSlow = {}, {}
local matchesMade = 0

local function key(kind, name)
  return KEYS[1] .. kind .. name
end

local function session(id)
  local found = sessions[id]
  if found == nil then
    local flat = redis.call('HGETALL', key('s:', id))
    found = false
    if #flat > 0 then
      found = { id = id }
      for index = 1, #flat, 2 do found[flat[index]] = flat[index + 1] end
    end
    sessions[id] = found
  end
  return found or nil
end

-- Written when the script answers.
local function put(entry, changes)
  local dirty = changed[entry]
  if not dirty then
    dirty = {}
    changed[entry] = dirty
  end
  for name, value in pairs(changes) do
    if type(value) == 'number' then value = string.format('%.0f', value) end
    entry[name] = value
    dirty[name] = value
  end
end

-- A session whose lease has lapsed is refused, not trusted.
local function live(id)
  local entry = session(id)
  if entry and tonumber(entry['until']) > now then return entry end
  return nil
end

-- What its client asks for or shows counts at the node that shows the session: a line that was left behind at
-- another says nothing any more.
local function shown(id)
  local entry = live(id)
  if entry and entry.node == node then return entry end
  return nil
end

local function mayMeet(entry)
  return tonumber(entry['until']) > now and not isSlow[entry.id]
end

local function tell(entry, what)
  if told[what] then return end
  told[what] = true
  if entry.node == node then
    news[#news + 1] = what
  else
    redis.call('PUBLISH', key('wake:', entry.node), what)
  end
end

local function renew(entry)
  local lease = entry.match ~= '' and entry.matchedMs or entry.searchingMs
  put(entry, { ['until'] = now + lease })
  redis.call('ZADD', KEYS[1] .. 'leases', now + lease, entry.id)
end

-- At each renewal; in between the keys have time enough.
local function keepKeys(entry)
  local ttl = SESSION_TTL_MS + entry.matchedMs
  redis.call('PEXPIRE', key('s:', entry.id), ttl)
  redis.call('PEXPIRE', key('b:', entry.id), ttl)
  redis.call('PEXPIRE', key('a:', entry.account), ttl)
  if entry.match ~= '' then redis.call('PEXPIRE', key('m:', entry.match), SHARED_TTL_MS) end
end

-- `seq`: of a numbered text, else ''. The reader puts the match id into the event.
local function post(entry, matchId, seq, event)
  if not session(entry.id) then return end
  if entry.last - entry.acknowledged >= mailboxMax then
    if not isSlow[entry.id] then slow[#slow + 1] = entry end
    isSlow[entry.id] = true
    return
  end
  put(entry, { last = entry.last + 1 })
  local box = key('b:', entry.id)
  if redis.call('RPUSH', box, matchId .. '\t' .. seq .. '\t' .. event) == 1 then
    redis.call('PEXPIRE', box, SESSION_TTL_MS + entry.matchedMs)
  end
  tell(entry, entry.id)
end

-- [B43] What holds only until it is said anew is held for whoever is away.
local PASSING = { 'typing', 'partner-state' }
local NOTHING_HELD = { ['held:typing'] = '', ['held:partner-state'] = '' }

-- What the partner sent; `kind`: its type.
local function pass(to, kind, seq, event)
  -- A text ends typing.
  if kind == 'message' then put(to, { ['held:typing'] = '' }) end
  if to.away == '1' and NOTHING_HELD['held:' .. kind] then
    put(to, { ['held:' .. kind] = event })
  else
    post(to, to.match, seq, event)
  end
end

-- For the node that runs this script, and for no other: its metrics, and what befell it.
local function tally(...)
  news[#news + 1] = '\t' .. table.concat({ ... }, '\t')
end

local function waited(entry)
  return string.format('%.0f', now - entry.ticketSince)
end

local function split(text)
  local words = {}
  for word in string.gmatch(text, '[^\n]+') do words[#words + 1] = word end
  return words
end

-- The client has the hash given out last: the one before is void.
local function adopt(entry, hash)
  if hash == '' or hash ~= entry.nextHash then return false end
  put(entry, { hash = hash, nextHash = '' })
  return true
end

-- A leftover: the client has come with this attempt, or a newer one, before.
local function overtaken(entry, client, attempt)
  return client ~= '' and client == entry.client and tonumber(attempt) <= tonumber(entry.attempt)
end

-- Whatever their order.
local function sameLines(one, other)
  if one == other then return true end
  if #one ~= #other then return false end
  local named = {}
  for _, word in ipairs(split(one)) do named[word] = true end
  for _, word in ipairs(split(other)) do
    if not named[word] then return false end
  end
  return true
end

local function array(words)
  return #words == 0 and '[]' or cjson.encode(words)
end

-- Two tickets are compatible exactly if they have a key in common: see pool.ts.
local function open(names, anyone)
  local words = split(names)
  if anyone or #words == 0 then words[#words + 1] = '' end
  return words
end

local function keysOf(entry)
  local keys = {}
  for _, interest in ipairs(open(entry.interests, entry.wide == '1')) do
    for _, language in ipairs(open(entry.languages, entry.wide == '1')) do
      keys[#keys + 1] = key('p:', entry.mode .. '\n' .. interest .. '\n' .. language)
    end
  end
  return keys
end

local function member(entry)
  return string.format('%016d', entry.arrival) .. ':' .. entry.id
end

local function placed(entry)
  return entry.placed == '1'
end

local function withdraw(entry)
  if entry.since == '' then return end
  redis.call('SREM', key('w:', entry.mode), entry.id)
  if placed(entry) then
    for _, list in ipairs(keysOf(entry)) do redis.call('ZREM', list, member(entry)) end
  end
  redis.call('ZREM', KEYS[1] .. 'due', entry.id)
  put(entry, { since = '', placed = '' })
end

local function barKey(a, b)
  return key('x:', a < b and a .. '\n' .. b or b .. '\n' .. a)
end

-- The tickets of several lists, longest waiting first and each once; each list is read a page at a time.
local function merged(lists)
  local heads = {}
  for index, list in ipairs(lists) do heads[index] = { list = list, from = 0, page = {}, at = 1 } end
  local function head(one)
    if one.at > #one.page and one.from >= 0 then
      one.page = redis.call('ZRANGE', one.list, one.from, one.from + PAGE - 1, 'WITHSCORES')
      one.at = 1
      one.from = #one.page == 2 * PAGE and one.from + PAGE or -1
    end
    local name, score = one.page[one.at], one.page[one.at + 1]
    if not name then return nil end
    return name, tonumber(score)
  end
  return function()
    local first, firstScore
    for _, one in ipairs(heads) do
      local name, score = head(one)
      if name and (not first or score < firstScore or (score == firstScore and name < first)) then
        first, firstScore = name, score
      end
    end
    if not first then return nil end
    for _, one in ipairs(heads) do
      if head(one) == first then one.at = one.at + 2 end
    end
    return string.sub(first, 18), first
  end
end

-- Uniformly among the longest-waiting compatible tickets; else when somebody passed over may be met.
local function choose(seeker, keys)
  local compatible, gone, retryAt = {}, {}, nil
  for id, name in merged(keys) do
    local other = session(id)
    if not other then gone[#gone + 1] = name end
    if other and other.account ~= seeker.account and mayMeet(other) then
      local barredUntil = tonumber(redis.call('GET', barKey(seeker.account, other.account)) or '0')
      if barredUntil > now then
        retryAt = math.min(retryAt or barredUntil, barredUntil)
      else
        compatible[#compatible + 1] = other
        if #compatible == windowMax then break end
      end
    end
  end
  -- Tickets of sessions whose keys ran out; only now, for the lists are read by rank.
  for _, name in ipairs(gone) do
    for _, list in ipairs(keys) do redis.call('ZREM', list, name) end
  end
  if #compatible == 0 then return nil, retryAt end
  return compatible[math.floor(tonumber(ARGV[4]) * #compatible) + 1], retryAt
end

local function both(one, other)
  local named, shared = {}, {}
  for _, word in ipairs(split(other)) do named[word] = true end
  for _, word in ipairs(split(one)) do
    if named[word] then shared[#shared + 1] = word end
  end
  return array(shared)
end

-- Unguessable, and a new one for each match of one script.
local function newMatchId()
  matchesMade = matchesMade + 1
  return matchesMade == 1 and ARGV[3] or redis.sha1hex(ARGV[3] .. matchesMade)
end

-- Who waited longer answers. [B16] Both tickets are out of the pool; `newcomer` and `waited` have time and place.
local function pair(one, other)
  local function waitedLonger(a, b)
    if a.ticketSince ~= b.ticketSince then return tonumber(a.ticketSince) < tonumber(b.ticketSince) end
    return tonumber(a.arrival) < tonumber(b.arrival)
  end
  local longer, shorter = one, other
  if waitedLonger(other, one) then longer, shorter = other, one end
  local matchId = newMatchId()
  local relayOnly = (one.relayOnly == '1' or other.relayOnly == '1') and '1' or ''
  redis.call('SET', key('m:', matchId), table.concat({ longer.id, shorter.id, one.mode,
    string.format('%.0f', now), relayOnly }, '\n'), 'PX', SHARED_TTL_MS)
  redis.call('SADD', key('i:', one.mode), one.id, other.id)
  tally('matched', one.mode, waited(longer), waited(shorter))
  local event = string.format(',"mode":"%s","shared":{"interests":%s,"languages":%s},"relayOnly":%s}', one.mode,
    both(longer.interests, shorter.interests), both(longer.languages, shorter.languages),
    relayOnly == '1' and 'true' or 'false')
  for _, entry in ipairs({ longer, shorter }) do
    local role = entry == longer and 'answerer' or 'offerer'
    put(entry, { match = matchId, lastMatch = matchId, role = role, signalled = '', lastMessage = 0, lastOther = 0 })
    put(entry, NOTHING_HELD)
    renew(entry)
    post(entry, matchId, '', '{"type":"matched","role":"' .. role .. '"' .. event)
  end
end

-- A ticket of its own, which does not wait yet: it insists on what it names, unless it asks for anyone.
local function issue(entry, since)
  local wide = (entry.anyone == '1' or (entry.interests == '' and entry.languages == '')) and '1' or ''
  put(entry, { ticketSince = since, arrival = redis.call('INCR', KEYS[1] .. 'arrivals'), wide = wide })
end

local function say(entry)
  post(entry, '', '', string.format('{"type":"waiting","since":%.0f,"anyone":%s}', entry.ticketSince,
    entry.wide == '1' and 'true' or 'false'))
end

-- Takes a partner from the pool or joins it. `said`: what the last `waiting` of this ticket said.
local function seek(entry, said)
  put(entry, { kept = '' })
  if now >= entry.ticketSince + interestWaitMs then put(entry, { wide = '1' }) end
  local keys, partner, retryAt = keysOf(entry), nil, nil
  if entry.away ~= '1' then partner, retryAt = choose(entry, keys) end
  if partner then
    withdraw(partner)
    pair(entry, partner)
    return
  end
  redis.call('SADD', key('w:', entry.mode), entry.id)
  put(entry, { since = entry.ticketSince, placed = entry.away ~= '1' and '1' or '' })
  if placed(entry) then
    for _, list in ipairs(keys) do
      redis.call('ZADD', list, entry.since, member(entry))
      redis.call('PEXPIRE', list, SHARED_TTL_MS)
    end
  end
  local dueAt = math.min(retryAt or math.huge, now + LOOK_AGAIN_MS)
  if entry.wide ~= '1' then dueAt = math.min(dueAt, entry.since + interestWaitMs) end
  redis.call('ZADD', KEYS[1] .. 'due', dueAt, entry.id)
  if entry.wide ~= said then say(entry) end
end

-- Lets a ticket that waits seek once more, in its place; without a line it is withheld.
local function seekAgain(entry)
  local said = entry.wide
  withdraw(entry)
  seek(entry, said)
end


-- The match that a session is in.
local function matchOf(entry)
  local stored = redis.call('GET', key('m:', entry.match)) or ''
  local answerer, offerer, mode, at, relayOnly = string.match(stored, '^(.-)\n(.-)\n(.-)\n(.-)\n(.*)$')
  return { answerer = answerer or '', offerer = offerer or '', mode = mode or entry.mode, at = at or 0,
    relayOnly = relayOnly == '1' }
end

local function partnerOf(entry)
  local match = matchOf(entry)
  return session(match.answerer == entry.id and match.offerer or match.answerer)
end

-- Its line dropped: its ticket is withheld, its partner told.
local function goAway(entry)
  put(entry, { away = '1' })
  renew(entry)
  if entry.since ~= '' then seekAgain(entry) end
  if entry.match ~= '' then
    local partner = partnerOf(entry)
    if partner then post(partner, entry.match, '', '{"type":"partner-away"}') end
  end
end

-- Ends a match for both, tells the one who stays and puts it back in the pool if it asked for that.
local function part(leaver, claimed)
  local matchId, match = leaver.match, matchOf(leaver)
  local stayer = session(match.answerer == leaver.id and match.offerer or match.answerer)
  local failed = claimed == 'failed' and now - match.at < FAILED_WITHIN_MS
  local reason = (claimed == 'failed' and not failed) and 'skipped' or claimed
  redis.call('DEL', key('m:', matchId))
  redis.call('SREM', key('i:', match.mode), leaver.id, match.answerer, match.offerer)
  tally('ended', match.mode, reason)
  local keeps = failed and leaver.blamed ~= '1'
  put(leaver, { match = '', kept = keeps and '1' or '', blamed = failed and '1' or '' })
  if not stayer then return nil end
  put(stayer, { match = '', kept = failed and '1' or '' })
  local apartMs = failed and rematchAfterFailureMs or rematchAfterMs
  local bar = barKey(leaver.account, stayer.account)
  local barred = math.max(now + apartMs, tonumber(redis.call('GET', bar) or '0'))
  if apartMs > 0 then redis.call('SET', bar, string.format('%.0f', barred), 'PX', string.format('%.0f', barred - now)) end
  post(stayer, matchId, '', '{"type":"partner-left","reason":"' .. reason .. '"}')
  if stayer.requeue == '1' and mayMeet(stayer) then
    if stayer.kept ~= '1' then issue(stayer, now) end
    seek(stayer)
  end
  return stayer.id
end

local function leave(entry, matchRef, reason)
  if entry.match ~= '' then
    if matchRef ~= 'current' and matchRef ~= entry.match then return nil end
    return part(entry, reason)
  end
  if reason ~= 'skipped' and (matchRef == 'current' or matchRef == entry.lastMatch) then
    withdraw(entry)
    put(entry, { kept = '' })
  end
  return nil
end

-- Leaves, forgets the session and drops its mailbox. `say`: what its watcher is told, or ''.
local function finish(entry, reason, why)
  local id = entry.id
  redis.call('ZREM', KEYS[1] .. 'leases', id)
  redis.call('SREM', key('n:', entry.node), id)
  if redis.call('GET', key('a:', entry.account)) == id then redis.call('DEL', key('a:', entry.account)) end
  put(entry, { ['until'] = 0 })
  local partner = leave(entry, 'current', reason)
  redis.call('DEL', key('s:', id), key('b:', id))
  sessions[id] = false
  changed[entry] = nil
  if why ~= '' then tell(entry, id .. '\t' .. why) end
  return partner
end

-- What stays behind of a session whose own keys ran out while no node was there to end it.
local function forget(id)
  redis.call('ZREM', KEYS[1] .. 'leases', id)
  redis.call('ZREM', KEYS[1] .. 'due', id)
  for _, mode in ipairs(MODES) do
    redis.call('SREM', key('w:', mode), id)
    redis.call('SREM', key('i:', mode), id)
  end
end

-- The answer of a script: first the news for this node's watchers.
local function answer(...)
  local index = 1
  while slow[index] do
    if session(slow[index].id) then finish(slow[index], 'lost', 'slow') end
    index = index + 1
  end
  for entry, dirty in pairs(changed) do
    local flat = {}
    for name, value in pairs(dirty) do
      flat[#flat + 1] = name
      flat[#flat + 1] = value
    end
    redis.call('HSET', key('s:', entry.id), unpack(flat))
  end
  return { news, ... }
end
