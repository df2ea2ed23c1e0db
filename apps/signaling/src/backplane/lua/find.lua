-- args[5] id   [6] the match to end, 'current' or ''   [7] 'skipped' or 'failed'   [8] '1': with wishes
-- args[9] mode   [10] interests and [11] languages, a line each   [12] anyone   [13] requeue   [14] relayOnly
-- Answers 'done', 'stale' or 'unknown'.

-- Whatever their order.
local function sameLines(one, other)
  if one == other then return true end
  if #one ~= #other then return false end
  local named = {}
  for _, word in ipairs(split(one)) do named[word] = true end
  for _, word in ipairs(split(other)) do
    if not named[word] then return false end
  end
  return true
end

local entry = shown(args[5])
if not entry then return answer('unknown') end
local ending, wished = args[6], args[8] == '1'
local mode, interests, languages = args[9], args[10], args[11]
local anyone, requeue, relayOnly = args[12], args[13], args[14]
local same = not wished or mode == entry[MODE] and anyone == entry[ANYONE] and requeue == entry[REQUEUE]
  and relayOnly == entry[RELAY_ONLY] and sameLines(interests, entry[INTERESTS])
  and sameLines(languages, entry[LANGUAGES])
if entry[MATCH] ~= '' then
  if ending == '' then return answer('done') end
  if ending == 'current' then
    -- [W7] On its way when the match was made, by somebody who shows no sign yet of knowing it.
    local young, untold = now - entry[MATCHED_AT] < CROSSING_MS, entry[ACKNOWLEDGED] < entry[TOLD]
    local crossed
    if wished then crossed = same and (young or untold) else crossed = entry[ROLE] == 'answerer' and young end
    if crossed and entry[TOLD] ~= 0 then return answer('done') end
  elseif ending ~= entry[MATCH] then
    return answer('stale')
  end
  part(entry, args[7])
elseif ending ~= '' and ending ~= 'current' and ending ~= entry[LAST_MATCH] then
  return answer('stale')
end
if entry[WAITING] ~= '' then
  if same then return answer('done') end
  withdraw(entry)
end
if wished then
  entry[MODE], entry[INTERESTS], entry[LANGUAGES] = mode, interests, languages
  entry[ANYONE], entry[REQUEUE], entry[RELAY_ONLY] = anyone, requeue, relayOnly
end
local kept = entry[KEPT] == '1'
if not (kept and same) then issue(entry, kept and entry[SINCE] or now) end
seek(entry)
return answer('done')
