-- ARGV[10] id   [11] account   [12] resume hash   [13] the one given out for it
-- ARGV[14] the client and [15] its attempt, or ''
local entry = live(ARGV[10])
if not entry or entry.account ~= ARGV[11] then return answer(0) end
if overtaken(entry, ARGV[14], ARGV[15]) then return answer(0) end
if ARGV[12] ~= entry.hash and not adopt(entry, ARGV[12]) then return answer(0) end
put(entry, { nextHash = ARGV[13], client = ARGV[14], attempt = ARGV[15] })
return answer(1)
