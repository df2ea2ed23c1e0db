local id = ...
local entry = shown(id)
if not entry then return answer(0) end
renew(entry)
return answer(1)
