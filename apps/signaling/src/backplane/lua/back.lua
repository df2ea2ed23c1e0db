-- `again`: '1': by the node that showed it last, or not at all; else by the client at this attempt, or ''. Answers
-- whether it is shown: by this node, from now on.
local id, again, client, attempt = ...
local entry = live(id)
if not entry then return answer(0) end
if again == '1' then
  if entry[NODE] ~= node then return answer(0) end
else
  local claim = claimOf(id)
  if claim.client ~= client or claim.attempt ~= attempt then return answer(0) end
end
if entry[NODE] ~= node then
  redis.call('SREM', key('n:', entry[NODE]), id)
  entry[NODE] = node
end
-- Also where the node stays the same: whoever took it for dead has emptied its set.
show(entry)
if entry[AWAY] == 0 then return answer(1) end
entry[AWAY] = 0
renew(entry)
local partner = partnerOf(entry)
if partner then post(partner, entry[MATCH], '', '{"type":"partner-back"}') end
for _, field in pairs(PASSING) do
  if entry[MATCH] ~= '' and entry[field] ~= '' then post(entry, entry[MATCH], '', entry[field]) end
  entry[field] = ''
end
if entry[WAITING] ~= 0 then seekAgain(entry) end
return answer(1)
