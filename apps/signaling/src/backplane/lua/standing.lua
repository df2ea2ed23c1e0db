-- ARGV[10] id. Answers '' if unknown, else the status and the match.
local entry = live(ARGV[10])
if not entry then return answer('', '') end
if entry.match ~= '' then return answer('matched', entry.match) end
return answer(entry.since ~= '' and 'waiting' or 'idle', '')
