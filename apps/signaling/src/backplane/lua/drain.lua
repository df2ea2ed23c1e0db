-- ARGV[10] id   [11] the offset up to which events are forgotten. Answers the offset of the first one left, and those.
local entry = session(ARGV[10])
if not entry then return answer('0', {}) end
local box = key('b:', entry.id)
local forget = math.min(tonumber(ARGV[11]), tonumber(entry.last)) - entry.acknowledged
if forget > 0 then
  local forgotten = redis.call('LPOP', box, forget)
  put(entry, { acknowledged = entry.acknowledged + forget })
  for _, event in ipairs(forgotten or {}) do
    local matchId, seq = string.match(event, '^([^\t]*)\t(%d+)\t')
    if seq and matchId == entry.match then
      local partner = partnerOf(entry)
      if partner then post(partner, matchId, '', '{"type":"delivered","seq":' .. seq .. '}') end
    end
  end
end
local first = string.format('%.0f', entry.acknowledged + 1)
return answer(first, redis.call('LRANGE', box, 0, -1))
