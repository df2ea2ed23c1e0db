-- args[5] how many tickets of each mode to look at. Answers how many there were.
local looked = 0
for _, mode in ipairs(MODES) do
  local due, tickets = redis.call('ZRANGEBYSCORE', key('d:', mode), '-inf', now, 'LIMIT', 0, args[5]), {}
  looked = looked + #due
  for _, id in ipairs(due) do
    local entry = session(id)
    if entry and entry[WAITING] ~= '' then
      tickets[#tickets + 1] = entry
    else
      redis.call('ZREM', key('d:', mode), id)
    end
  end
  table.sort(tickets, waitedLonger)
  for _, entry in ipairs(tickets) do
    -- It may have been taken by an earlier one of them.
    if entry[WAITING] ~= '' then
      if mayMeet(entry) then seekAgain(entry) else withdraw(entry) end
    end
  end
end
return answer(looked)
