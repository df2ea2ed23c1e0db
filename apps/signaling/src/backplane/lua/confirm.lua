-- ARGV[10] id   [11] resume hash
local entry = live(ARGV[10])
return answer(entry and adopt(entry, ARGV[11]) and 1 or 0)
