-- Answers the names and the numbers, one after the other. Each is the size of what it counts: a counter of its
-- own would be wrong for ever once a session ended without a script.
writeCall()
local counts = { 'online', redis.call('ZCARD', prefix .. 'leases') }
for _, mode in ipairs(MODES) do
  counts[#counts + 1] = 'waiting:' .. mode
  counts[#counts + 1] = redis.call('ZCARD', openList(mode)) + redis.call('ZCARD', key('d:', mode))
  counts[#counts + 1] = 'matched:' .. mode
  counts[#counts + 1] = 2 * redis.call('SCARD', key('i:', mode))
end
return answer(counts)
