-- ARGV[10] id   [11] the reason for the partner   [12] what the watcher is told, or ''. Answers the partner or ''.
local entry = session(ARGV[10])
return answer(entry and finish(entry, ARGV[11], ARGV[12]) or '')
