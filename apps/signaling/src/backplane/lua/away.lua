-- ARGV[10] id. Says nothing of a session that another node shows by now.
local entry = live(ARGV[10])
if not entry or entry.node ~= node or entry.away == '1' then return answer() end
goAway(entry)
return answer()
