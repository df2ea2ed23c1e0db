-- args[5] id   [6] the reason for the partner   [7] what the watcher is told, or ''. Answers the partner or ''.
local entry = session(args[5])
-- A line that was left behind at another node ends nothing; whose lease is over is ended by any node.
if live(args[5]) and entry[NODE] ~= node then return answer('') end
return answer(entry and finish(entry, args[6], args[7]) or '')
