-- `match`: an id or 'current'. Answers the partner or ''.
local id, match, reason = ...
local entry = shown(id)
return answer(entry and leave(entry, match, reason) or '')
