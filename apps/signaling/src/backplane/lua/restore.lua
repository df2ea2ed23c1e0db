-- args[5] the match   [6] its mode   [7] the role of whoever comes   [8] '1': relay-only
-- args[9] id and [10] account of who comes   [11] and [12] of the partner   [13] searchingMs   [14] matchedMs
-- args[15] resume hash   [16] the client and [17] its attempt, or ''
-- args[18] interests   [19] languages   [20] anyone   [21] requeue   [22] relayOnly: what it asked for last
-- Answers 'restored', 'refused' or 'overtaken'.

-- So long the place of who has not come yet is held.
local RESTORE_WAIT_MS = 15000

local matchId, id, account, client, attempt = args[5], args[9], args[10], args[16], args[17]
local partnerId, partnerAccount = args[11], args[12]
local function online(name)
  local known = redis.call('GET', key('a:', name))
  return known and session(known)
end

local known = online(account)
if known and overtaken(claimOf(known[ID]), client, attempt) then return answer('overtaken') end
if not known then
  -- A session without its account is what a failover left over of another match.
  if session(id) or session(partnerId) or online(partnerAccount) then return answer('refused') end
  for _, side in ipairs({
    { id, account, partnerId, args[7] },
    { partnerId, partnerAccount, id, args[7] == 'offerer' and 'answerer' or 'offerer' },
  }) do
    -- No node shows it yet: the line that it had may still be there. Nor is it of any age: see `part`.
    local entry = create(side[1], side[2], tonumber(args[13]), tonumber(args[14]))
    entry[MATCH], entry[LAST_MATCH], entry[PARTNER], entry[ROLE] = matchId, matchId, side[3], side[4]
    entry[MODE], entry[HIDDEN], entry[AWAY] = args[6], args[8], '1'
    -- Above all that it had: what was acknowledged before has nothing to do with what comes now.
    entry[LAST], entry[ACKNOWLEDGED] = now, now
    lease(entry, RESTORE_WAIT_MS)
    redis.call('HSET', key('s:', side[1]), 'hash', '', 'nextHash', '', 'client', '', 'attempt', '')
    if entry[ROLE] == 'answerer' then redis.call('SADD', key('i:', args[6]), side[1]) end
  end
end
local entry = live(id)
if not entry or entry[ACCOUNT] ~= account or entry[MATCH] ~= matchId then return answer('refused') end
if claimOf(id).hash ~= '' then return answer('refused') end
redis.call('HSET', key('s:', id), 'nextHash', args[15], 'client', client, 'attempt', attempt)
entry[INTERESTS], entry[LANGUAGES] = args[18], args[19]
entry[ANYONE], entry[REQUEUE], entry[RELAY_ONLY] = args[20], args[21], args[22]
renew(entry)
local partner = partnerOf(entry)
if partner and partner[AWAY] == '1' then post(entry, matchId, '', '{"type":"partner-away"}') end
local done = answer('restored')
keepKeys(entry)
if partner then keepKeys(partner) end
return done
