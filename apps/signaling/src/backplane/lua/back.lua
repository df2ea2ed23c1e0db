-- ARGV[10] id   [11] '1': by the node that showed it last, or not at all   [12] else the client and [13] its
-- attempt, or ''. Answers whether it is shown: by this node, from now on.
local entry = live(ARGV[10])
if not entry then return answer(0) end
if ARGV[11] == '1' then
  if entry.node ~= node then return answer(0) end
elseif entry.client ~= ARGV[12] or entry.attempt ~= ARGV[13] then
  return answer(0)
end
if entry.node ~= node then
  redis.call('SREM', key('n:', entry.node), entry.id)
  put(entry, { node = node })
end
-- Also where the node stays the same: whoever took it for dead has emptied its set.
redis.call('SADD', key('n:', node), entry.id)
redis.call('PEXPIRE', key('n:', node), SHARED_TTL_MS)
if entry.away ~= '1' then return answer(1) end
put(entry, { away = '' })
renew(entry)
if entry.match ~= '' then
  local partner = partnerOf(entry)
  if partner then post(partner, entry.match, '', '{"type":"partner-back"}') end
  for _, kind in ipairs(PASSING) do
    local held = entry['held:' .. kind]
    if held and held ~= '' then post(entry, entry.match, '', held) end
  end
  put(entry, NOTHING_HELD)
elseif entry.since ~= '' then
  seekAgain(entry)
end
return answer(1)
