-- args[5] id
local entry = shown(args[5])
if not entry then return answer(0) end
renew(entry)
keepKeys(entry)
return answer(1)
