-- ARGV[10] id. Only the node that shows a session renews it: a line left behind elsewhere must not.
local entry = live(ARGV[10])
if not entry or entry.node ~= node then return answer(0) end
renew(entry)
keepKeys(entry)
return answer(1)
