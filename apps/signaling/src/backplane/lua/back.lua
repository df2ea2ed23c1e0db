-- args[5] id   [6] '1': by the node that showed it last, or not at all   [7] else the client and [8] its
-- attempt, or ''. Answers whether it is shown: by this node, from now on.
local entry = live(args[5])
if not entry then return answer(0) end
if args[6] == '1' then
  if entry[NODE] ~= node then return answer(0) end
else
  local claim = claimOf(entry[ID])
  if claim.client ~= args[7] or claim.attempt ~= args[8] then return answer(0) end
end
if entry[NODE] ~= node then
  redis.call('SREM', key('n:', entry[NODE]), entry[ID])
  entry[NODE] = node
end
-- Also where the node stays the same: whoever took it for dead has emptied its set.
show(entry)
if entry[AWAY] ~= '1' then return answer(1) end
entry[AWAY] = ''
renew(entry)
local partner = partnerOf(entry)
if partner then post(partner, entry[MATCH], '', '{"type":"partner-back"}') end
for _, field in pairs(PASSING) do
  if entry[MATCH] ~= '' and entry[field] ~= '' then post(entry, entry[MATCH], '', entry[field]) end
  entry[field] = ''
end
if entry[WAITING] ~= '' then seekAgain(entry) end
return answer(1)
