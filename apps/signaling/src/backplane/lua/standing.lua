-- args[5] id. Answers '' if unknown, else the status and the match.
local entry = live(args[5])
if not entry then return answer('', '') end
if entry[MATCH] ~= '' then return answer('matched', entry[MATCH]) end
return answer(entry[WAITING] ~= '' and 'waiting' or 'idle', '')
