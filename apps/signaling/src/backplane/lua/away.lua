local id = ...
local entry = shown(id)
if entry and entry[AWAY] == 0 then goAway(entry) end
return answer()
