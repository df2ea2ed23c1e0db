-- ARGV[10] how long a node lives without calling this   [11] how many to answer at most
-- Keeps this node alive, marks the sessions of dead nodes as away, and answers whether this node had been
-- taken for dead itself, and the sessions whose lease has run out. Whoever gets one has 10 s to end it;
-- after that it is handed out again.
local HANDED_OUT_MS = 10000
local until_ = redis.call('ZSCORE', KEYS[1] .. 'nodes', node)
local revived = until_ and tonumber(until_) <= now
redis.call('ZADD', KEYS[1] .. 'nodes', now + ARGV[10], node)
for _, dead in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1] .. 'nodes', '-inf', now, 'LIMIT', 0, 1)) do
  local ids = redis.call('SRANDMEMBER', key('n:', dead), ARGV[11])
  for _, id in ipairs(ids) do
    redis.call('SREM', key('n:', dead), id)
    local entry = live(id)
    if entry and entry.node == dead and entry.away ~= '1' then goAway(entry) end
  end
  if #ids == 0 then redis.call('ZREM', KEYS[1] .. 'nodes', dead) end
end
local lapsed = redis.call('ZRANGEBYSCORE', KEYS[1] .. 'leases', '-inf', now, 'LIMIT', 0, ARGV[11])
for _, id in ipairs(lapsed) do
  redis.call('ZADD', KEYS[1] .. 'leases', now + HANDED_OUT_MS, id)
end
for _, shared in ipairs({ 'nodes', 'leases', 'due', 'counts', 'arrivals' }) do
  redis.call('PEXPIRE', KEYS[1] .. shared, SHARED_TTL_MS)
end
redis.call('PEXPIRE', key('n:', node), SHARED_TTL_MS)
return answer(revived and 1 or 0, lapsed)
