-- `match`: an id or 'current'; `seq`: a number or ''; `kind`: the type of the event; `event`, and what goes out instead
-- where the match is relay-only, or ''.
local id, match, seq, kind, event, relayed = ...
local entry = shown(id)
if not entry or entry[MATCH] == '' then return answer(0) end
if match ~= 'current' and match ~= entry[MATCH] then return answer(0) end
local isText = kind == 'message'
if entry[HIDDEN] == 1 then event = relayed end
if seq ~= '' then
  local last, number = isText and LAST_MESSAGE or LAST_OTHER, tonumber(seq)
  if number <= entry[last] then return answer(1) end
  entry[last] = number
end
entry[TOLD] = 0
local partner = partnerOf(entry)
if partner and event ~= '' then pass(partner, kind, isText and seq or '', event) end
return answer(1)
