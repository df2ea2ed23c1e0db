-- args[5] id   [6] resume hash
local id = args[5]
return answer(live(id) and adopt(id, claimOf(id), args[6]) and 1 or 0)
