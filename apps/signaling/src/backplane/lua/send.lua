-- args[5] id   [6] a match or 'current'   [7] number or ''   [8] the type of the event
-- args[9] the event   [10] what goes out instead where the match is relay-only, or ''
local entry = shown(args[5])
if not entry or entry[MATCH] == '' then return answer(0) end
if args[6] ~= 'current' and args[6] ~= entry[MATCH] then return answer(0) end
local isText, seq, event = args[8] == 'message', args[7], args[9]
if entry[HIDDEN] == '1' then event = args[10] end
if seq ~= '' then
  local kind, number = isText and LAST_MESSAGE or LAST_OTHER, tonumber(seq)
  if number <= entry[kind] then return answer(1) end
  entry[kind] = number
end
entry[TOLD] = 0
local partner = partnerOf(entry)
if partner and event ~= '' then pass(partner, args[8], isText and seq or '', event) end
return answer(1)
