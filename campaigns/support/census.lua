-- How many sessions stand in Redis, and what has no owner, one line each. Stands behind the script of the
-- backplane that reads a session; the keys are listed in `parts/sessions.lua` there.
-- ARGV[1]  what all keys begin with   ARGV[2]  how long after its end, in ms, a session may still stand there
local prefix, clock = ARGV[1], redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local orphans, sessions, living, count = {}, {}, {}, 0

local function orphan(...)
  orphans[#orphans + 1] = table.concat({ ... }, ' ')
end

-- Calls `visit` with each key of that kind, and its name behind the kind.
local function each(kind, visit)
  local cursor = '0'
  repeat
    local page = redis.call('SCAN', cursor, 'MATCH', prefix .. kind .. '*', 'COUNT', 1000)
    cursor = page[1]
    for _, key in ipairs(page[2]) do visit(key, string.sub(key, #prefix + #kind + 1)) end
  until cursor == '0'
end

for _, node in ipairs(redis.call('ZRANGEBYSCORE', prefix .. 'nodes', now, '+inf')) do living[node] = true end
for _, node in ipairs(redis.call('ZRANGE', prefix .. 'nodes', 0, -1)) do
  if not living[node] then orphan('dead node') end
end
each('n:', function(_, node)
  if not living[node] then orphan('sessions of a dead node') end
end)

local accounts, claims, events = {}, {}, {}
local flat = redis.call('HGETALL', prefix .. 'sessions')
for index = 1, #flat, 2 do
  local field, value = flat[index], flat[index + 1]
  local id, what = string.match(field, '^(.*):(%w+)$')
  if string.sub(field, 1, 1) == ':' then
    accounts[#accounts + 1] = value
  elseif what == 'claim' then
    claims[#claims + 1] = id
  elseif what then
    events[#events + 1] = { id, tonumber(what) }
  else
    local entry = unpackRecord(field, value)
    sessions[field], count = entry, count + 1
    if entry[LEASE_END] + ARGV[2] < now then orphan('session past its lease') end
    if not living[entry[NODE]] and entry[AWAY] == 0 then orphan('session shown by a dead node') end
    if not redis.call('ZSCORE', prefix .. 'leases', field) then orphan('session that never ends') end
  end
end
for _, entry in pairs(sessions) do
  local partner = sessions[entry[PARTNER]]
  if entry[MATCH] ~= '' and (not partner or partner[MATCH] ~= entry[MATCH]) then orphan('half a match') end
end
for _, id in ipairs(accounts) do
  if not sessions[id] then orphan('account') end
end
for _, id in ipairs(claims) do
  if not sessions[id] then orphan('claim') end
end
for _, event in ipairs(events) do
  local entry = sessions[event[1]]
  if not entry or event[2] <= entry[ACKNOWLEDGED] or event[2] > entry[LAST] then orphan('event') end
end
for _, id in ipairs(redis.call('ZRANGE', prefix .. 'leases', 0, -1)) do
  if not sessions[id] then orphan('lease') end
end
for _, kind in ipairs({ 'd:', 'o:' }) do
  each(kind, function(key)
    for _, id in ipairs(redis.call('ZRANGE', key, 0, -1)) do
      if not sessions[id] then orphan('ticket') end
    end
  end)
end
each('p:', function(key)
  for _, member in ipairs(redis.call('ZRANGE', key, 0, -1)) do
    if not sessions[string.sub(member, 18)] then orphan('ticket in a list') end
  end
end)
each('i:', function(key)
  for _, id in ipairs(redis.call('SMEMBERS', key)) do
    if not sessions[id] or sessions[id][MATCH] == '' then orphan('entry of who answers in a match') end
  end
end)
return { count, orphans }
