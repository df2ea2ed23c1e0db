-- Tickets, the lists they stand in, and who is found there: see pool.ts.

-- A ticket is looked at again by then, which keeps its lists from expiring under it.
local LOOK_AGAIN_MS = 43200000
local PAGE = 8

local function split(text)
  local words = {}
  for word in string.gmatch(text, '[^\n]+') do words[#words + 1] = word end
  return words
end

-- Two tickets are compatible exactly if they have a list in common.
local function open(names, anyone)
  local words = split(names)
  if anyone or #words == 0 then words[#words + 1] = '' end
  return words
end

-- The list of all who would meet anyone: of each mode one.
local function openList(mode)
  return prefix .. 'p:' .. mode .. '\n\n'
end

local function listsOf(entry)
  local wished = wishesOf(entry)
  if wished.interests == '' and wished.languages == '' then
    wished.lists = wished.lists or { openList(wished.mode) }
    return wished.lists
  end
  local named = key('p:', wished.mode) .. '\n'
  local names = {}
  local anyone = entry[WIDE] == 1
  local languages = open(wished.languages, anyone)
  for _, interest in ipairs(open(wished.interests, anyone)) do
    for _, language in ipairs(languages) do names[#names + 1] = named .. interest .. '\n' .. language end
  end
  return names
end

-- Up to a page of a list, from that rank on: name and score by turns.
local function readPage(list, from)
  return redis.call('ZRANGE', list, int(from), int(from + PAGE - 1), 'WITHSCORES')
end

-- A list that is short, whole; else nil. Most are short: who waits is met by the next who comes.
local function shortList(list)
  local known = lists[list]
  if known == nil then
    local page = readPage(list, 0)
    known = #page < 2 * PAGE and { page = page, added = {}, removed = {} }
    lists[list] = known
  end
  return known or nil
end

local function zadd(list, ...)
  redis.call('ZADD', list, ...)
  redis.call('PEXPIRE', list, SHARED_TTL_MS)
end

-- The score of a name is always the same.
local function put(list, name, score)
  local known = lists[list]
  if not known then return zadd(list, int(score), name) end
  if known.removed[name] then known.removed[name] = nil else known.added[name] = score end
  local page = known.page
  local at = #page + 1
  while at > 1 do
    local before = tonumber(page[at - 1])
    if before < score or before == score and page[at - 2] < name then break end
    page[at], page[at + 1] = page[at - 2], page[at - 1]
    at = at - 2
  end
  page[at], page[at + 1] = name, score
end

local function take(list, name)
  local known = lists[list]
  if not known then return redis.call('ZREM', list, name) end
  if known.added[name] then known.added[name] = nil else known.removed[name] = true end
  local page = known.page
  for at = 1, #page, 2 do
    if page[at] == name then
      table.remove(page, at)
      table.remove(page, at)
      break
    end
  end
end

local function writeLists()
  for list, known in pairs(lists) do
    local added, removed = {}, {}
    for name, score in pairs(known and known.added or {}) do
      added[#added + 1] = int(score)
      added[#added + 1] = name
    end
    for name in pairs(known and known.removed or {}) do removed[#removed + 1] = name end
    if added[1] then zadd(list, unpack(added)) end
    if removed[1] then redis.call('ZREM', list, unpack(removed)) end
  end
  lists = {}
end

-- In a list: those who have waited since the same millisecond are sorted by it.
local function member(entry)
  return string.format('%016d:', entry[ARRIVAL]) .. entry[ID]
end

-- A ticket of its own, which does not wait yet: it insists on what it names, unless it asks for anyone.
local function issue(entry, since)
  local wished = wishesOf(entry)
  local named = wished.interests ~= '' or wished.languages ~= ''
  entry[SINCE], entry[ARRIVAL], entry[WIDE] = since, 0, (named and not wished.anyone) and 0 or 1
end

-- What has the time of the next look at a ticket, by DUE_IN.
local DUE = { 'd:', 'o:' }

local function dueKey(entry)
  return key(DUE[entry[DUE_IN]], wishesOf(entry).mode)
end

local function withdraw(entry)
  if entry[WAITING] == 0 then return end
  if entry[WAITING] == PLACED then
    local name = member(entry)
    for _, list in ipairs(listsOf(entry)) do take(list, name) end
  end
  if entry[DUE_IN] ~= 0 then redis.call('ZREM', dueKey(entry), entry[ID]) end
  entry[WAITING], entry[DUE_IN] = 0, 0
end

-- Lets a ticket wait; without a line where nobody can take it.
local function wait(entry, names, retryAt)
  if entry[ARRIVAL] == 0 then entry[ARRIVAL], arrival = arrival, arrival + 1 end
  entry[WAITING] = entry[AWAY] == 1 and WITHHELD or PLACED
  if entry[WAITING] == PLACED then
    local name = member(entry)
    for _, list in ipairs(names) do put(list, name, entry[SINCE]) end
  end
  local isOpen = entry[WAITING] == PLACED and entry[WIDE] == 1
  -- Nothing about it changes by time alone.
  if isOpen and #names == 1 and not retryAt then return end
  entry[DUE_IN] = isOpen and 2 or 1
  local dueAt = math.min(retryAt or math.huge, now + LOOK_AGAIN_MS)
  if entry[WIDE] == 0 then dueAt = math.min(dueAt, entry[SINCE] + INTEREST_WAIT_MS) end
  redis.call('ZADD', dueKey(entry), int(dueAt), entry[ID])
  redis.call('PEXPIRE', dueKey(entry), SHARED_TTL_MS)
end

local function barKey(a, b)
  if b < a then a, b = b, a end
  return prefix .. 'x:' .. a .. '\n' .. b
end

-- Nobody is matched while barred, so no bar is on that this one would shorten.
local function bar(one, other, forMs)
  if forMs > 0 then redis.call('SET', barKey(one[ACCOUNT], other[ACCOUNT]), int(now + forMs), 'PX', int(forMs)) end
end

-- The tickets of one list, longest waiting first, a page at a time: answers name and score.
local function inOrder(list)
  local known = shortList(list)
  local page, at, from = known and known.page or {}, -1, not known and 0 or nil
  return function()
    at = at + 2
    if at > #page and from then
      page, at = readPage(list, from), 1
      from = #page == 2 * PAGE and from + PAGE or nil
    end
    return page[at], tonumber(page[at + 1])
  end
end

-- The same of several, each ticket once.
local function merged(names)
  if #names == 1 then return inOrder(names[1]) end
  local heads = {}
  local function advance(head) head.name, head.score = head.next() end
  for index, list in ipairs(names) do
    heads[index] = { next = inOrder(list) }
    advance(heads[index])
  end
  return function()
    local first
    for _, head in ipairs(heads) do
      if head.name and (not first or head.score < first.score
        or head.score == first.score and head.name < first.name) then first = head end
    end
    if not first then return nil end
    local name = first.name
    for _, head in ipairs(heads) do
      if head.name == name then advance(head) end
    end
    return name
  end
end

-- Uniformly among the longest-waiting compatible tickets; else when somebody passed over may be met.
local function choose(seeker, names)
  local compatible, gone, retryAt = {}, {}, nil
  for name in merged(names) do
    local other = glimpse(string.sub(name, 18))
    if not other or other[WAITING] ~= PLACED then
      gone[#gone + 1] = name
    elseif other[ACCOUNT] ~= seeker[ACCOUNT] and mayMeet(other) then
      local barredUntil = tonumber(redis.call('GET', barKey(seeker[ACCOUNT], other[ACCOUNT])) or 0)
      if barredUntil > now then
        retryAt = math.min(retryAt or barredUntil, barredUntil)
      else
        compatible[#compatible + 1] = other
        if #compatible == MATCH_WINDOW then break end
      end
    end
  end
  -- Tickets of sessions that ran out, or do not wait any more; only now, for the lists are read by rank.
  for _, name in ipairs(gone) do
    for _, list in ipairs(names) do take(list, name) end
  end
  if #compatible == 0 then return nil, retryAt end
  local partner = compatible[math.floor(tonumber(drawn) * #compatible) + 1]
  keep(partner)
  return partner
end
