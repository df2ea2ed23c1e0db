-- ARGV[10] how long a node lives without calling this   [11] how many to answer at most
-- Keeps this node alive, marks the sessions of dead nodes as away, and answers the sessions whose lease has run
-- out. Whoever gets one has 10 s to end it; after that it is handed out again. A node that may have been taken
-- for dead itself hears of it, however late the answer comes. Answers first whether there is more to do at once.
local HANDED_OUT_MS = 10000
local until_ = redis.call('ZSCORE', KEYS[1] .. 'nodes', node)
-- Not known: it is new, or another node is done with its sessions.
if not until_ or tonumber(until_) <= now then tally('revived') end
redis.call('ZADD', KEYS[1] .. 'nodes', now + ARGV[10], node)
for _, dead in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1] .. 'nodes', '-inf', now, 'LIMIT', 0, 1)) do
  local ids = redis.call('SRANDMEMBER', key('n:', dead), ARGV[11])
  for _, id in ipairs(ids) do
    redis.call('SREM', key('n:', dead), id)
    local entry = live(id)
    if entry and entry.node == dead and entry.away ~= '1' then goAway(entry) end
  end
  if redis.call('SCARD', key('n:', dead)) == 0 then redis.call('ZREM', KEYS[1] .. 'nodes', dead) end
end
local over, lapsed = redis.call('ZRANGEBYSCORE', KEYS[1] .. 'leases', '-inf', now, 'LIMIT', 0, ARGV[11]), {}
for _, id in ipairs(over) do
  if session(id) then
    redis.call('ZADD', KEYS[1] .. 'leases', now + HANDED_OUT_MS, id)
    lapsed[#lapsed + 1] = id
  else
    forget(id)
  end
end
for _, shared in ipairs({ 'nodes', 'leases', 'due', 'arrivals' }) do
  redis.call('PEXPIRE', KEYS[1] .. shared, SHARED_TTL_MS)
end
for _, mode in ipairs(MODES) do
  redis.call('PEXPIRE', key('w:', mode), SHARED_TTL_MS)
  redis.call('PEXPIRE', key('i:', mode), SHARED_TTL_MS)
end
redis.call('PEXPIRE', key('n:', node), SHARED_TTL_MS)
local isMore = #over == tonumber(ARGV[11]) or redis.call('ZCOUNT', KEYS[1] .. 'nodes', '-inf', now) > 0
return answer(isMore and 1 or 0, lapsed)
