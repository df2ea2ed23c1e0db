-- Answers the names and the numbers, one after the other. Each is the size of what it counts: a counter of its
-- own would be wrong for ever once a session ended without a script.
local counts = { 'online', tostring(redis.call('ZCARD', KEYS[1] .. 'leases')) }
for _, mode in ipairs(MODES) do
  for name, kind in pairs({ waiting = 'w:', matched = 'i:' }) do
    counts[#counts + 1] = name .. ':' .. mode
    counts[#counts + 1] = tostring(redis.call('SCARD', key(kind, mode)))
  end
end
return answer(counts)
