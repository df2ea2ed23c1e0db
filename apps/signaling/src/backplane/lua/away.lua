-- ARGV[10] id
local entry = shown(ARGV[10])
if not entry or entry.away == '1' then return answer() end
goAway(entry)
return answer()
