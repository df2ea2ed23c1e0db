-- `hash`: for resuming, or ''; `away`: '1': its line is still to come; `takeOver`: '1': of the account; `client` at
-- `attempt`, or ''.
-- Answers 'opened', 'elsewhere', 'overtaken', or 'exists' of the id.
local id, account, searchingMs, matchedMs, hash, away, takeOver, client, attempt = ...
if session(id) then return answer('exists') end
local oldId = sessionIdOf(account)
local old = oldId and session(oldId)
if old then
  local claim = claimOf(oldId)
  if overtaken(claim, client, attempt) then return answer('overtaken') end
  local active = old[AWAY] == 0 and live(oldId) ~= nil
  local isOwn = client ~= '' and client == claim.client
  if active and takeOver ~= '1' and not isOwn then return answer('elsewhere') end
  finish(old, active and 'left' or 'lost', 'elsewhere')
end
local entry = create(id, account, 'video', tonumber(searchingMs), tonumber(matchedMs))
entry[NODE], entry[AWAY], entry[RESUMABLE] = node, away == '1' and 1 or 0, hash ~= '' and 1 or 0
if hash .. client ~= '' then writeClaim(id, { hash = hash, nextHash = '', client = client, attempt = attempt }) end
renew(entry)
show(entry)
return answer('opened')
