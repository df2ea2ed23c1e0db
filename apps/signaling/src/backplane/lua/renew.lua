-- ARGV[10] id
local entry = shown(ARGV[10])
if not entry then return answer(0) end
renew(entry)
keepKeys(entry)
return answer(1)
