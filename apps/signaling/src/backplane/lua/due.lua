-- ARGV[10] how many tickets to look at. Answers how many there were.
local due = redis.call('ZRANGEBYSCORE', KEYS[1] .. 'due', '-inf', now, 'LIMIT', 0, ARGV[10])
local tickets = {}
for _, id in ipairs(due) do
  redis.call('ZREM', KEYS[1] .. 'due', id)
  local entry = session(id)
  if entry and entry.since ~= '' then tickets[#tickets + 1] = entry end
end
table.sort(tickets, function(a, b)
  if a.since ~= b.since then return tonumber(a.since) < tonumber(b.since) end
  return tonumber(a.arrival) < tonumber(b.arrival)
end)
for _, entry in ipairs(tickets) do
  -- It may have been taken by an earlier one of them.
  if entry.since ~= '' then
    if mayMeet(entry) then seekAgain(entry) else withdraw(entry) end
  end
end
return answer(#due)
