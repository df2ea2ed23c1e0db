-- ARGV[10] id   [11] a match or 'current'   [12] number or ''   [13] the type of the event
-- ARGV[14] the event   [15] what goes out instead where the match is relay-only, or ''
local entry = shown(ARGV[10])
if not entry or entry.match == '' then return answer(0) end
if ARGV[11] ~= 'current' and ARGV[11] ~= entry.match then return answer(0) end
local isText, seq, event = ARGV[13] == 'message', ARGV[12], ARGV[14]
if ARGV[15] ~= event and matchOf(entry).relayOnly then event = ARGV[15] end
if seq ~= '' then
  local kind = isText and 'lastMessage' or 'lastOther'
  if tonumber(seq) <= tonumber(entry[kind]) then return answer(1) end
  put(entry, { [kind] = seq })
end
if entry.signalled ~= '1' then put(entry, { signalled = '1' }) end
local partner = partnerOf(entry)
if partner and event ~= '' then pass(partner, ARGV[13], isText and seq or '', event) end
return answer(1)
