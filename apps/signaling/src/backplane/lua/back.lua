-- ARGV[10] id   [11] '1': only if this node showed it last. The session is shown by this node from now on.
local entry = live(ARGV[10])
if not entry or (ARGV[11] == '1' and entry.node ~= node) then return answer() end
if entry.node ~= node then
  redis.call('SREM', key('n:', entry.node), entry.id)
  redis.call('SADD', key('n:', node), entry.id)
  redis.call('PEXPIRE', key('n:', node), SHARED_TTL_MS)
  put(entry, { node = node })
end
if entry.away ~= '1' then return answer() end
put(entry, { away = '' })
renew(entry)
if entry.match ~= '' then
  local partner = partnerOf(entry)
  if partner then post(partner, entry.match, '', '{"type":"partner-back"}') end
elseif entry.since ~= '' then
  seekAgain(entry)
end
return answer()
