-- `role`: of whoever comes, as `id` and `account`; `relayOnly`: '1': the match is; `hash`: for resuming;
-- `client` at `attempt`, or ''; `wished`: what it asked for last, as a record has it.
-- Answers 'restored', 'refused' or 'overtaken'.

-- So long the place of who has not come yet is held.
local RESTORE_WAIT_MS = 15000

local matchId, mode, role, relayOnly, id, account, partnerId, partnerAccount, searchingMs, matchedMs,
  hash, client, attempt, wished = ...

local function online(name)
  local owned = sessionIdOf(name)
  return owned and session(owned)
end

local there = online(account)
if there and overtaken(claimOf(there[ID]), client, attempt) then return answer('overtaken') end
if not there then
  -- A session without its account is what a failover left over of another match.
  if session(id) or session(partnerId) or online(partnerAccount) then return answer('refused') end
  for _, side in ipairs({
    { id, account, partnerId, role == 'offerer' and OFFERER or ANSWERER },
    { partnerId, partnerAccount, id, role == 'offerer' and ANSWERER or OFFERER },
  }) do
    -- No node shows it yet: the line that it had may still be there. Nor is it of any age: see `part`.
    local entry = create(side[1], side[2], mode, tonumber(searchingMs), tonumber(matchedMs))
    entry[MATCH], entry[PARTNER], entry[ROLE] = matchId, side[3], side[4]
    entry[HIDDEN], entry[AWAY] = relayOnly == '1' and 1 or 0, 1
    -- Above all that it had: what was acknowledged before has nothing to do with what comes now.
    entry[LAST], entry[ACKNOWLEDGED] = now, now
    lease(entry, RESTORE_WAIT_MS)
    if entry[ROLE] == ANSWERER then answersIn(mode, side[1], true) end
  end
end
local entry = live(id)
if not entry or entry[ACCOUNT] ~= account or entry[MATCH] ~= matchId then return answer('refused') end
if claimOf(id).hash ~= '' then return answer('refused') end
entry[RESUMABLE] = 1
writeClaim(id, { hash = '', nextHash = hash, client = client, attempt = attempt })
entry[WISHES] = wished
renew(entry)
local partner = partnerOf(entry)
if partner and partner[AWAY] == 1 then post(entry, matchId, '', '{"type":"partner-away"}') end
return answer('restored')
