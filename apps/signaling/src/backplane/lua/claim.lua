-- `hash`: of the token that it comes with; `nextHash`: of the one given out for it; `client` at `attempt`, or ''.
local id, account, hash, nextHash, client, attempt = ...
local entry = live(id)
if not entry or entry[ACCOUNT] ~= account then return answer(0) end
local claim = claimOf(id)
if overtaken(claim, client, attempt) then return answer(0) end
if hash ~= claim.hash and not adopt(id, claim, hash) then return answer(0) end
entry[RESUMABLE] = 1
writeClaim(id, { hash = hash, nextHash = nextHash, client = client, attempt = attempt })
return answer(1)
