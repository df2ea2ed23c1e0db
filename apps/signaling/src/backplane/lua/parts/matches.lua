-- Matches: how they are made and how they end, and with them sessions.

-- [W7] and the age up to which a failure to connect is believed: as in memory.ts.
local CROSSING_MS, FAILED_WITHIN_MS = 2000, 20000

local function partnerOf(entry)
  local partner = entry[MATCH] ~= '' and session(entry[PARTNER])
  return partner and partner[MATCH] == entry[MATCH] and partner or nil
end

-- What both named, as JSON, in the order of the one.
local function shared(one, other)
  if one == '' or other == '' then return '[]' end
  local named, words = {}, {}
  for _, word in ipairs(split(other)) do named[word] = true end
  for _, word in ipairs(split(one)) do
    if named[word] then words[#words + 1] = word end
  end
  return #words == 0 and '[]' or cjson.encode(words)
end

-- Unguessable, and a new one for each match of one script.
local function newMatchId()
  matchesMade = matchesMade + 1
  return matchesMade == 1 and unguessable or redis.sha1hex(unguessable .. matchesMade)
end

-- Who has never waited comes last of those who came in the same millisecond.
local function waitedLonger(one, other)
  if one[SINCE] ~= other[SINCE] then return one[SINCE] < other[SINCE] end
  return one[ARRIVAL] ~= 0 and (other[ARRIVAL] == 0 or one[ARRIVAL] < other[ARRIVAL])
end

local function join(entry, partner, matchId, role, hidden, event, isRestorable)
  entry[MATCH], entry[LAST_MATCH], entry[PARTNER], entry[ROLE] = matchId, '', partner[ID], role
  entry[MATCHED_AT], entry[HIDDEN], entry[TOLD] = now, hidden, entry[LAST] + 1
  entry[LAST_MESSAGE], entry[LAST_OTHER], entry[TYPING], entry[STATE] = 0, 0, '', ''
  renew(entry)
  local party = '}'
  if isRestorable then
    party = ',"partner":' .. cjson.encode({ id = partner[ID], account = partner[ACCOUNT] }) .. '}'
  end
  post(entry, matchId, '', '{"type":"matched","role":"' .. (role == OFFERER and 'offerer' or 'answerer') .. event .. party)
end

-- Who waited longer answers. [B16] Both tickets are out of the pool, and have time and place.
local function pair(one, other)
  local longer, shorter = one, other
  if waitedLonger(other, one) then longer, shorter = other, one end
  local matchId, long, short = newMatchId(), wishesOf(longer), wishesOf(shorter)
  local mode, isHidden = long.mode, long.relayOnly or short.relayOnly
  answersIn(mode, longer[ID], true)
  tally('matched\t' .. mode .. '\t' .. now - longer[SINCE] .. '\t' .. now - shorter[SINCE])
  local event = '","mode":"' .. mode .. '","shared":{"interests":' .. shared(long.interests, short.interests) ..
    ',"languages":' .. shared(long.languages, short.languages) ..
    '},"relayOnly":' .. (isHidden and 'true' or 'false')
  local hidden, isRestorable = isHidden and 1 or 0, one[RESUMABLE] == 1 and other[RESUMABLE] == 1
  join(longer, shorter, matchId, ANSWERER, hidden, event, isRestorable)
  join(shorter, longer, matchId, OFFERER, hidden, event, isRestorable)
end

-- Takes a partner from the pool or joins it. `said`: what the last `waiting` of this ticket said.
local function seek(entry, said)
  entry[KEPT] = 0
  if now >= entry[SINCE] + INTEREST_WAIT_MS then entry[WIDE] = 1 end
  local names, partner, retryAt = listsOf(entry), nil, nil
  if entry[AWAY] == 0 then partner, retryAt = choose(entry, names) end
  if partner then
    withdraw(partner)
    pair(entry, partner)
    return
  end
  wait(entry, names, retryAt)
  if entry[WIDE] == said then return end
  post(entry, '', '', '{"type":"waiting","since":' .. int(entry[SINCE]) .. ',"anyone":' ..
    (entry[WIDE] == 1 and 'true}' or 'false}'))
end

-- Lets a ticket that waits seek once more, in its place; without a line it is withheld.
local function seekAgain(entry)
  withdraw(entry)
  seek(entry, entry[WIDE])
end

-- Its line dropped: its ticket is withheld, its partner told.
local function goAway(entry)
  entry[AWAY] = 1
  renew(entry)
  if entry[WAITING] ~= 0 then seekAgain(entry) end
  local partner = partnerOf(entry)
  if partner then post(partner, entry[MATCH], '', '{"type":"partner-away"}') end
end

-- Ends a match for both, tells the one who stays and puts it back in the pool if it asked for that.
local function part(leaver, claimed)
  local matchId, stayer = leaver[MATCH], partnerOf(leaver)
  local failed = claimed == 'failed' and now - leaver[MATCHED_AT] < FAILED_WITHIN_MS
  local reason = (claimed == 'failed' and not failed) and 'skipped' or claimed
  local mode = wishesOf(leaver).mode
  answersIn(mode, leaver[ROLE] == ANSWERER and leaver[ID] or leaver[PARTNER], false)
  tally('ended\t' .. mode .. '\t' .. reason)
  leaver[MATCH], leaver[PARTNER], leaver[LAST_MATCH] = '', '', matchId
  leaver[KEPT] = (failed and leaver[BLAMED] == 0) and 1 or 0
  leaver[BLAMED] = failed and 1 or 0
  if not stayer then return nil end
  stayer[MATCH], stayer[PARTNER], stayer[LAST_MATCH] = '', '', matchId
  stayer[KEPT] = failed and 1 or 0
  bar(leaver, stayer, failed and REMATCH_AFTER_FAILURE_MS or REMATCH_AFTER_MS)
  post(stayer, matchId, '', '{"type":"partner-left","reason":"' .. reason .. '"}')
  if wishesOf(stayer).requeue and mayMeet(stayer) then
    if stayer[KEPT] == 0 then issue(stayer, now) end
    seek(stayer)
  end
  return stayer[ID]
end

local function leave(entry, matchRef, reason)
  if entry[MATCH] ~= '' then
    if matchRef ~= 'current' and matchRef ~= entry[MATCH] then return nil end
    return part(entry, reason)
  end
  if reason ~= 'skipped' and (matchRef == 'current' or matchRef == entry[LAST_MATCH]) then
    withdraw(entry)
    entry[KEPT] = 0
  end
  return nil
end

-- What the verbs so far have changed: all of it, or all that it takes to be read in Redis by another verb.
local function writeCall()
  local count = #unwritten
  for index = 1, #events do unwritten[count + index] = events[index] end
  inParts('HSET', prefix .. SESSIONS, unwritten)
  inParts('HDEL', prefix .. SESSIONS, acknowledged)
  if unwritten[1] then redis.call('PEXPIRE', prefix .. SESSIONS, SESSIONS_TTL_MS) end
  writeLists()
  writeAnswerers()
  unwritten, events, acknowledged, answering = {}, {}, {}, {}
  eventsBefore, answeringBefore, acknowledgedBefore = 0, 0, 0
end

-- Its events from one offset to another, as they are stored.
local function readMailbox(entry, first, last)
  if first > last then return {} end
  if entry[MAILED] == 1 then writeCall() end
  local places, events = {}, {}
  for offset = first, last do places[#places + 1] = place(entry[ID], offset) end
  for _, some in ipairs(inParts('HMGET', prefix .. SESSIONS, places)) do
    for _, event in ipairs(some) do events[#events + 1] = event end
  end
  return events
end

-- Leaves, forgets the session and drops its mailbox. `why`: what its watcher is told, or ''.
local function finish(entry, reason, why)
  local id = entry[ID]
  redis.call('ZREM', prefix .. 'leases', id)
  redis.call('SREM', key('n:', entry[NODE]), id)
  local isOfAccount = sessionIdOf(entry[ACCOUNT]) == id
  entry[LEASE_END] = 0
  local partner = leave(entry, 'current', reason)
  -- What is to be written of it comes before, else it would be there again.
  writeCall()
  local fields = { id, claimField(id) }
  if isOfAccount then fields[3] = accountField(entry[ACCOUNT]) end
  for offset = entry[ACKNOWLEDGED] + 1, entry[LAST] do fields[#fields + 1] = place(id, offset) end
  inParts('HDEL', prefix .. SESSIONS, fields)
  known[id] = false
  if why ~= '' then tell(entry, why, '') end
  return partner
end

endSlow = function()
  local index = 1
  while slow[index] do
    if known[slow[index][ID]] == slow[index] then finish(slow[index], 'lost', 'slow') end
    index = index + 1
  end
  slow = {}
end
