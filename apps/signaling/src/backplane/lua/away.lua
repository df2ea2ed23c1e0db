-- args[5] id
local entry = shown(args[5])
if entry and entry[AWAY] ~= '1' then goAway(entry) end
return answer()
