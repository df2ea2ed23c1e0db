-- `lookMax`: how many tickets of each mode and index to look at. Answers how many there were.
local lookMax = ...
local looked = 0
for _, mode in ipairs(MODES) do
  local tickets = {}
  for index, kind in ipairs(DUE) do
    local due = redis.call('ZRANGEBYSCORE', key(kind, mode), '-inf', now, 'LIMIT', 0, lookMax)
    looked = looked + #due
    for _, id in ipairs(due) do
      local entry = session(id)
      if entry and entry[DUE_IN] == index and wishesOf(entry).mode == mode then
        tickets[#tickets + 1] = entry
      else
        redis.call('ZREM', key(kind, mode), id)
      end
    end
  end
  table.sort(tickets, waitedLonger)
  for _, entry in ipairs(tickets) do
    -- It may have been taken by an earlier one of them.
    if entry[WAITING] ~= 0 then
      if mayMeet(entry) then seekAgain(entry) else withdraw(entry) end
    end
  end
end
return answer(looked)
