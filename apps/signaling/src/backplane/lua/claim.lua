-- args[5] id   [6] account   [7] resume hash   [8] the one given out for it
-- args[9] the client and [10] its attempt, or ''
local id, hash, client, attempt = args[5], args[7], args[9], args[10]
local entry = live(id)
if not entry or entry[ACCOUNT] ~= args[6] then return answer(0) end
local claim = claimOf(id)
if overtaken(claim, client, attempt) then return answer(0) end
if hash ~= claim.hash and not adopt(id, claim, hash) then return answer(0) end
redis.call('HSET', key('s:', id), 'nextHash', args[8], 'client', client, 'attempt', attempt)
return answer(1)
