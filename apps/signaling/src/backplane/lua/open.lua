-- ARGV[10] id   [11] account   [12] searchingMs   [13] matchedMs   [14] resume hash or ''
-- ARGV[15] '1': its line is still to come           [16] '1': take the account over
-- ARGV[17] the client and [18] its attempt, or ''
-- Answers 'opened', 'elsewhere', 'overtaken', or 'exists' of the id.
local id, account, away, takeOver, client, attempt = ARGV[10], ARGV[11], ARGV[15], ARGV[16], ARGV[17], ARGV[18]
if session(id) then return answer('exists') end
local oldId = redis.call('GET', key('a:', account))
local old = oldId and session(oldId)
if old then
  if overtaken(old, client, attempt) then return answer('overtaken') end
  local active = old.away ~= '1' and live(oldId) ~= nil
  local isOwn = client ~= '' and client == old.client
  if active and takeOver ~= '1' and not isOwn then return answer('elsewhere') end
  finish(old, active and 'left' or 'lost', 'elsewhere')
end
local entry = {
  id = id, account = account, node = node, searchingMs = ARGV[12], matchedMs = ARGV[13],
  hash = ARGV[14], nextHash = '', client = client, attempt = attempt, away = away,
  match = '', lastMatch = '', role = '', signalled = '',
  mode = 'video', interests = '', languages = '', anyone = '', requeue = '', relayOnly = '',
  since = '', ticketSince = '', arrival = '', wide = '', placed = '', kept = '', blamed = '',
  last = '0', acknowledged = '0', lastMessage = '0', lastOther = '0', ['until'] = '0',
}
sessions[id] = entry
local fields = {}
for name, value in pairs(entry) do fields[name] = value end
fields.id = nil
put(entry, fields)
redis.call('SET', key('a:', account), id)
redis.call('SADD', key('n:', node), id)
redis.call('PEXPIRE', key('n:', node), SHARED_TTL_MS)
renew(entry)
local done = answer('opened')
keepKeys(entry)
return done
