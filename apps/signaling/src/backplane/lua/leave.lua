-- args[5] id   [6] a match or 'current'   [7] the reason. Answers the partner or ''.
local entry = shown(args[5])
return answer(entry and leave(entry, args[6], args[7]) or '')
