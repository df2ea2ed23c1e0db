-- `upTo`: the offset up to which events are forgotten; `from`: the one behind which they are asked for. Answers the offset
-- of the first of those, and them.
local id, upTo, from = ...
local entry = session(id)
if not entry then return answer(0, {}) end
local before, last = entry[ACKNOWLEDGED], entry[LAST]
local forgetTo = math.max(math.min(tonumber(upTo), last), before)
from = math.max(tonumber(from), forgetTo)
local left = readMailbox(entry, from + 1, last)
-- What is forgotten is read for its texts, which have arrived, and for what it weighs.
if forgetTo == last and entry[TEXTED] <= before then
  entry[WEIGHT] = 0
else
  for _, event in ipairs(readMailbox(entry, before + 1, forgetTo)) do
    local matchId, seq = string.match(event, '^([^\t]*)\t(%d+)\t')
    local partner = seq and matchId == entry[MATCH] and partnerOf(entry)
    if partner then post(partner, matchId, '', '{"type":"delivered","seq":' .. seq .. '}') end
    entry[WEIGHT] = entry[WEIGHT] - #event
  end
end
for offset = before + 1, forgetTo do acknowledged[#acknowledged + 1] = place(id, offset) end
entry[ACKNOWLEDGED] = forgetTo
return answer(from + 1, left)
