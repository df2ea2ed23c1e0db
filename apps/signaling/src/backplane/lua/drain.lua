-- `upTo`: the offset up to which events are forgotten. Answers the offset of the first one left, and those.
local id, upTo = ...
local entry = session(id)
if not entry then return answer(0, {}) end
if entry[MAILED] ~= 0 then writeCall() end
local places, left, weight = {}, {}, 0
local forgetTo = math.min(tonumber(upTo), entry[LAST])
local offset = entry[ACKNOWLEDGED]
for unread = offset + 1, entry[LAST] do places[#places + 1] = place(id, unread) end
for _, events in ipairs(inParts('HMGET', prefix .. EVENTS, places)) do
  for _, event in ipairs(events) do
    offset = offset + 1
    if offset > forgetTo then
      left[#left + 1], weight = event, weight + #event
    else
      local matchId, seq = string.match(event, '^([^\t]*)\t(%d+)\t')
      local partner = seq and matchId == entry[MATCH] and partnerOf(entry)
      if partner then post(partner, matchId, '', '{"type":"delivered","seq":' .. seq .. '}') end
      acknowledged[#acknowledged + 1] = places[offset - entry[ACKNOWLEDGED]]
    end
  end
end
entry[ACKNOWLEDGED], entry[WEIGHT] = math.max(forgetTo, entry[ACKNOWLEDGED]), weight
return answer(entry[ACKNOWLEDGED] + 1, left)
