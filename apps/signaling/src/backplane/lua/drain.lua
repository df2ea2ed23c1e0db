-- args[5] id   [6] the offset up to which events are forgotten. Answers the offset of the first one left, and those.

-- An array of arguments is no longer than this: Lua hands over some thousands at most.
local ARGUMENTS_MAX = 1000

-- What a command answers for the events of these offsets.
local function each(command, box, first, last)
  local answers = {}
  for from = first, last, ARGUMENTS_MAX do
    local offsets = {}
    for offset = from, math.min(from + ARGUMENTS_MAX - 1, last) do offsets[#offsets + 1] = int(offset) end
    answers[#answers + 1] = redis.call(command, box, unpack(offsets))
  end
  return answers
end

local entry = session(args[5])
if not entry then return answer(0, {}) end
local box, left = key('s:', entry[ID]), {}
local forgetTo = math.min(tonumber(args[6]), entry[LAST])
local offset = entry[ACKNOWLEDGED]
for _, events in ipairs(each('HMGET', box, offset + 1, entry[LAST])) do
  for _, event in ipairs(events) do
    offset = offset + 1
    if offset > forgetTo then
      left[#left + 1] = event
    else
      local matchId, seq = string.match(event, '^([^\t]*)\t(%d+)\t')
      local partner = seq and matchId == entry[MATCH] and partnerOf(entry)
      if partner then post(partner, matchId, '', '{"type":"delivered","seq":' .. seq .. '}') end
    end
  end
end
if forgetTo > entry[ACKNOWLEDGED] then
  each('HDEL', box, entry[ACKNOWLEDGED] + 1, forgetTo)
  entry[ACKNOWLEDGED] = forgetTo
end
return answer(entry[ACKNOWLEDGED] + 1, left)
