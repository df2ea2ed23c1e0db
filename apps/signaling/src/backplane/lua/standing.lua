-- Answers '' if unknown, else the status and the match.
local id = ...
local entry = live(id)
if not entry then return answer('', '') end
if entry[MATCH] ~= '' then return answer('matched', entry[MATCH]) end
return answer(entry[WAITING] ~= 0 and 'waiting' or 'idle', '')
