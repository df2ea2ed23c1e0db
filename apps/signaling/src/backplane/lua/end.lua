-- `reason`: for the partner; `told`: to the watcher, or ''. Answers the partner or ''.
local id, reason, told = ...
local entry = session(id)
-- A line that was left behind at another node ends nothing; whose lease is over is ended by any node.
if live(id) and entry[NODE] ~= node then return answer('') end
return answer(entry and finish(entry, reason, told) or '')
