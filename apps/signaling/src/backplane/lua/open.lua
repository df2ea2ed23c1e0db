-- args[5] id   [6] account   [7] searchingMs   [8] matchedMs   [9] resume hash or ''
-- args[10] '1': its line is still to come       [11] '1': take the account over
-- args[12] the client and [13] its attempt, or ''
-- Answers 'opened', 'elsewhere', 'overtaken', or 'exists' of the id.
local id, account, away, takeOver, client, attempt = args[5], args[6], args[10], args[11], args[12], args[13]
if session(id) then return answer('exists') end
local oldId = redis.call('GET', key('a:', account))
local old = oldId and session(oldId)
if old then
  local claim = claimOf(oldId)
  if overtaken(claim, client, attempt) then return answer('overtaken') end
  local active = old[AWAY] ~= '1' and live(oldId) ~= nil
  local isOwn = client ~= '' and client == claim.client
  if active and takeOver ~= '1' and not isOwn then return answer('elsewhere') end
  finish(old, active and 'left' or 'lost', 'elsewhere')
end
local entry = create(id, account, tonumber(args[7]), tonumber(args[8]))
entry[NODE], entry[AWAY] = node, away
redis.call('HSET', key('s:', id), 'hash', args[9], 'nextHash', '', 'client', client, 'attempt', attempt)
renew(entry)
show(entry)
local done = answer('opened')
keepKeys(entry)
return done
