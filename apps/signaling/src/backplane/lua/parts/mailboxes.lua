-- What comes to a session, and who has to hear of it.

local function tell(entry, what)
  if entry[NODE] == node then
    news[#news + 1] = what
  else
    redis.call('PUBLISH', key('wake:', entry[NODE]), what)
  end
end

-- `seq`: of a numbered text, else ''. The reader puts the match id into the event.
local function post(entry, matchId, seq, event)
  local id = entry[ID]
  if not sessions[id] then return end
  if entry[LAST] - entry[ACKNOWLEDGED] >= MAILBOX_MAX then
    if not entry.isSlow then slow[#slow + 1] = entry end
    entry.isSlow = true
    return
  end
  local events, offset = posted[id], entry[LAST] + 1
  if not events then
    events = {}
    posted[id] = events
    tell(entry, id)
  end
  entry[LAST] = offset
  events[#events + 1] = int(offset)
  events[#events + 1] = matchId .. '\t' .. seq .. '\t' .. event
end

-- [B43] What holds only until it is said anew is held for whoever is away, in a field of the record.
local PASSING = { ['typing'] = TYPING, ['partner-state'] = STATE }

-- What the partner sent; `kind`: its type.
local function pass(to, kind, seq, event)
  -- A text ends typing.
  if kind == 'message' then to[TYPING] = '' end
  if to[AWAY] == '1' and PASSING[kind] then
    to[PASSING[kind]] = event
  else
    post(to, to[MATCH], seq, event)
  end
end
