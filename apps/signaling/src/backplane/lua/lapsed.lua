-- `nodeMs`: how long a node lives without calling this; `atMost`: how many to answer.
-- Keeps this node alive, marks the sessions of dead nodes as away, and answers the sessions whose lease has run
-- out. Whoever gets one has 10 s to end it; after that it is handed out again. A node that may have been taken
-- for dead itself hears of it, however late the answer comes. Answers first whether there is more to do at once.
local HANDED_OUT_MS = 10000
local nodeMs, atMost = ...

-- What stays behind of a session that ran out while no node was there to end it. Its place in the list
-- of those who would meet anyone is not known any more, but near the head.
local function forget(id)
  redis.call('ZREM', prefix .. 'leases', id)
  for _, mode in ipairs(MODES) do
    redis.call('ZREM', key('d:', mode), id)
    redis.call('ZREM', key('o:', mode), id)
    redis.call('SREM', key('i:', mode), id)
  end
end

local function forgetTickets(list)
  writeLists()
  for _, name in ipairs(redis.call('ZRANGE', list, 0, atMost - 1)) do
    local entry = glimpse(string.sub(name, 18))
    if not entry or entry[WAITING] ~= PLACED then redis.call('ZREM', list, name) end
  end
end

local until_ = redis.call('ZSCORE', prefix .. 'nodes', node)
-- Not known: it is new, or another node is done with its sessions.
if not until_ or tonumber(until_) <= now then tally('revived') end
redis.call('ZADD', prefix .. 'nodes', now + nodeMs, node)
for _, dead in ipairs(redis.call('ZRANGEBYSCORE', prefix .. 'nodes', '-inf', now, 'LIMIT', 0, 1)) do
  local ids = redis.call('SRANDMEMBER', key('n:', dead), atMost)
  for _, id in ipairs(ids) do
    redis.call('SREM', key('n:', dead), id)
    local entry = live(id)
    if entry and entry[NODE] == dead and entry[AWAY] == 0 then goAway(entry) end
  end
  if redis.call('SCARD', key('n:', dead)) == 0 then redis.call('ZREM', prefix .. 'nodes', dead) end
end
local over, lapsed = redis.call('ZRANGEBYSCORE', prefix .. 'leases', '-inf', now, 'LIMIT', 0, atMost), {}
local isForgotten = false
for _, id in ipairs(over) do
  local entry = glimpse(id)
  if not entry then
    forget(id)
    isForgotten = true
  elseif entry[LEASE_END] > now then
    redis.call('ZADD', prefix .. 'leases', entry[LEASE_END], id)
  else
    redis.call('ZADD', prefix .. 'leases', now + HANDED_OUT_MS, id)
    lapsed[#lapsed + 1] = id
  end
end
for _, shared in ipairs({ 'nodes', 'leases' }) do
  redis.call('PEXPIRE', prefix .. shared, SHARED_TTL_MS)
end
for _, mode in ipairs(MODES) do
  if isForgotten then forgetTickets(openList(mode)) end
  redis.call('PEXPIRE', openList(mode), SHARED_TTL_MS)
  for _, kind in ipairs({ 'd:', 'o:', 'i:' }) do redis.call('PEXPIRE', key(kind, mode), SHARED_TTL_MS) end
end
redis.call('PEXPIRE', key('n:', node), SHARED_TTL_MS)
local isMore = #over == tonumber(atMost) or redis.call('ZCOUNT', prefix .. 'nodes', '-inf', now) > 0
return answer(isMore and 1 or 0, lapsed)
