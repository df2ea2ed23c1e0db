-- ARGV[10] id   [11] account   [12] resume hash   [13] the one given out for it
local entry = live(ARGV[10])
if not entry or entry.account ~= ARGV[11] then return answer(0) end
if ARGV[12] ~= entry.hash and not adopt(entry, ARGV[12]) then return answer(0) end
local next = split(entry.nextHashes)
next[#next + 1] = ARGV[13]
if #next > NEXT_HASHES_MAX then table.remove(next, 1) end
put(entry, { nextHashes = table.concat(next, '\n') })
return answer(1)
