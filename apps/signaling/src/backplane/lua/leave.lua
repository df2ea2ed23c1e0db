-- ARGV[10] id   [11] a match or 'current'   [12] the reason. Answers the partner or ''.
local entry = shown(ARGV[10])
return answer(entry and leave(entry, ARGV[11], ARGV[12]) or '')
