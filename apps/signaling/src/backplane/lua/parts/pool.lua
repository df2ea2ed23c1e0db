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

local function listsOf(entry)
  local named = key('p:', entry[MODE]) .. '\n'
  if entry[INTERESTS] == '' and entry[LANGUAGES] == '' then return { named .. '\n' } end
  local lists = {}
  local anyone = entry[WIDE] == '1'
  local languages = open(entry[LANGUAGES], anyone)
  for _, interest in ipairs(open(entry[INTERESTS], anyone)) do
    for _, language in ipairs(languages) do lists[#lists + 1] = named .. interest .. '\n' .. language end
  end
  return lists
end

-- In a list: those who have waited since the same millisecond are sorted by it.
local function member(entry)
  return string.format('%016d:', entry[ARRIVAL]) .. entry[ID]
end

-- A ticket of its own, which does not wait yet: it insists on what it names, unless it asks for anyone.
local function issue(entry, since)
  local named = entry[INTERESTS] ~= '' or entry[LANGUAGES] ~= ''
  entry[SINCE], entry[ARRIVAL], entry[WIDE] = since, 0, (named and entry[ANYONE] ~= '1') and '' or '1'
end

local function withdraw(entry)
  if entry[WAITING] == '' then return end
  if entry[WAITING] == 'placed' then
    for _, list in ipairs(listsOf(entry)) do redis.call('ZREM', list, member(entry)) end
  end
  redis.call('ZREM', key('d:', entry[MODE]), entry[ID])
  entry[WAITING] = ''
end

-- Lets a ticket wait; without a line where nobody can take it.
local function wait(entry, lists, retryAt)
  if entry[ARRIVAL] == 0 then entry[ARRIVAL], arrival = arrival, arrival + 1 end
  entry[WAITING] = entry[AWAY] == '1' and 'withheld' or 'placed'
  if entry[WAITING] == 'placed' then
    for _, list in ipairs(lists) do
      redis.call('ZADD', list, int(entry[SINCE]), member(entry))
      redis.call('PEXPIRE', list, SHARED_TTL_MS)
    end
  end
  local dueAt = math.min(retryAt or math.huge, now + LOOK_AGAIN_MS)
  if entry[WIDE] ~= '1' then dueAt = math.min(dueAt, entry[SINCE] + INTEREST_WAIT_MS) end
  redis.call('ZADD', key('d:', entry[MODE]), int(dueAt), entry[ID])
end

local function barKey(a, b)
  return key('x:', a < b and a .. '\n' .. b or b .. '\n' .. a)
end

-- Nobody is matched while barred, so no bar is on that this one would shorten.
local function bar(one, other, forMs)
  if forMs > 0 then redis.call('SET', barKey(one[ACCOUNT], other[ACCOUNT]), int(now + forMs), 'PX', int(forMs)) end
end

-- The tickets of one list, longest waiting first, a page at a time.
local function inOrder(list)
  local page, at, from = {}, 0, 0
  return function()
    at = at + 1
    if at > #page and from then
      page, at = redis.call('ZRANGE', list, from, from + PAGE - 1), 1
      from = #page == PAGE and from + PAGE or nil
    end
    return page[at]
  end
end

-- The same of several, each ticket once.
local function merged(lists)
  if #lists == 1 then return inOrder(lists[1]) end
  local heads = {}
  for index, list in ipairs(lists) do heads[index] = { list = list, from = 0, page = {}, at = 1 } end
  local function head(one)
    if one.at > #one.page and one.from then
      one.page = redis.call('ZRANGE', one.list, one.from, one.from + PAGE - 1, 'WITHSCORES')
      one.at = 1
      one.from = #one.page == 2 * PAGE and one.from + PAGE or nil
    end
    local name, score = one.page[one.at], one.page[one.at + 1]
    if not name then return nil end
    return name, tonumber(score)
  end
  return function()
    local first, firstScore
    for _, one in ipairs(heads) do
      local name, score = head(one)
      if name and (not first or score < firstScore or (score == firstScore and name < first)) then
        first, firstScore = name, score
      end
    end
    if not first then return nil end
    for _, one in ipairs(heads) do
      if head(one) == first then one.at = one.at + 2 end
    end
    return first
  end
end

-- Uniformly among the longest-waiting compatible tickets; else when somebody passed over may be met.
local function choose(seeker, lists)
  local compatible, gone, retryAt = {}, {}, nil
  for name in merged(lists) do
    local other, packed = glimpse(string.sub(name, 18))
    if not other then gone[#gone + 1] = name end
    if other and other[ACCOUNT] ~= seeker[ACCOUNT] and mayMeet(other) then
      local barredUntil = tonumber(redis.call('GET', barKey(seeker[ACCOUNT], other[ACCOUNT])) or 0)
      if barredUntil > now then
        retryAt = math.min(retryAt or barredUntil, barredUntil)
      else
        compatible[#compatible + 1] = { other, packed }
        if #compatible == MATCH_WINDOW then break end
      end
    end
  end
  -- Tickets of sessions whose keys ran out; only now, for the lists are read by rank.
  for _, name in ipairs(gone) do
    for _, list in ipairs(lists) do redis.call('ZREM', list, name) end
  end
  if #compatible == 0 then return nil, retryAt end
  local partner, packed = unpack(compatible[math.floor(tonumber(drawn) * #compatible) + 1])
  keep(partner[ID], partner, packed)
  return partner
end
