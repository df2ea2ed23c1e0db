-- `ending`: the match to end, 'current' or ''; `reason`: 'skipped' or 'failed'; `wished`: as a record has it, or ''.
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

local function sameWishes(one, other)
  return one.mode == other.mode and one.anyone == other.anyone and one.requeue == other.requeue
    and one.relayOnly == other.relayOnly and sameLines(one.languages, other.languages)
    and sameLines(one.interests, other.interests)
end

local id, ending, reason, wished = ...
local entry = shown(id)
if not entry then return answer('unknown') end
local same = wished == '' or wished == entry[WISHES] or sameWishes(parseWishes(wished), wishesOf(entry))
if entry[MATCH] ~= '' then
  if ending == '' then return answer('done') end
  if ending == 'current' then
    -- [W7] On its way when the match was made, by somebody who shows no sign yet of knowing it.
    local young, untold = now - entry[MATCHED_AT] < CROSSING_MS, entry[ACKNOWLEDGED] < entry[TOLD]
    local crossed
    if wished ~= '' then crossed = same and (young or untold) else crossed = entry[ROLE] == ANSWERER and young end
    if crossed and entry[TOLD] ~= 0 then return answer('done') end
  elseif ending ~= entry[MATCH] then
    return answer('stale')
  end
  part(entry, reason)
elseif ending ~= '' and ending ~= 'current' and ending ~= entry[LAST_MATCH] then
  return answer('stale')
end
if entry[WAITING] ~= 0 then
  if same then return answer('done') end
  withdraw(entry)
end
if wished ~= '' then entry[WISHES] = wished end
local kept = entry[KEPT] == 1
if not (kept and same) then issue(entry, kept and entry[SINCE] or now) end
seek(entry)
return answer('done')
