-- What comes to a session, and who has to hear of it.

-- `what`: the offset of the event that was posted, or why its session is over.
local function tell(entry, what, stored)
  if entry[NODE] == node then
    local count = #news
    news[count + 1], news[count + 2], news[count + 3] = entry[ID], what, stored
  else
    local count = #published
    published[count + 1] = key('wake:', entry[NODE])
    published[count + 2] = entry[ID] .. '\t' .. what .. '\t' .. stored
  end
end

-- The field of one event of a mailbox.
local function place(id, offset)
  return id .. ':' .. int(offset)
end

-- `seq`: of a numbered text, else ''. The reader puts the match id into the event.
local function post(entry, matchId, seq, event)
  local id, stored = entry[ID], matchId .. '\t' .. seq .. '\t' .. event
  if known[id] ~= entry then return end
  local weight = entry[WEIGHT] + #stored
  if entry[LAST] - entry[ACKNOWLEDGED] >= MAILBOX_MAX or weight > MAILBOX_MAX * EVENT_WEIGHT_MAX then
    if not entry.isSlow then slow[#slow + 1] = entry end
    entry.isSlow = true
    return
  end
  local offset, count = entry[LAST] + 1, #events
  tell(entry, offset, stored)
  entry[MAILED], entry[LAST], entry[WEIGHT] = 1, offset, weight
  if seq ~= '' then entry[TEXTED] = offset end
  events[count + 1] = place(id, offset)
  events[count + 2] = stored
end

-- [B43] What holds only until it is said anew is held for whoever is away, in a field of the record.
local PASSING = { ['typing'] = TYPING, ['partner-state'] = STATE }

-- What the partner sent; `kind`: its type.
local function pass(to, kind, seq, event)
  -- A text ends typing.
  if kind == 'message' then to[TYPING] = '' end
  if to[AWAY] == 1 and PASSING[kind] then
    to[PASSING[kind]] = event
  else
    post(to, to[MATCH], seq, event)
  end
end
