-- Who may take a session up: beside its record, for only a few verbs ask.

local function claimOf(id)
  local fields = redis.call('HMGET', key('s:', id), 'hash', 'nextHash', 'client', 'attempt')
  return { hash = fields[1], nextHash = fields[2], client = fields[3], attempt = fields[4] }
end

-- The client has the hash given out last: the one before is void.
local function adopt(id, claim, hash)
  if hash == '' or hash ~= claim.nextHash then return false end
  redis.call('HSET', key('s:', id), 'hash', hash, 'nextHash', '')
  return true
end

-- Its client holds, or was given, what it needs to come back.
local function canResume(id)
  local claim = claimOf(id)
  return claim.hash ~= '' or claim.nextHash ~= ''
end

-- A leftover: the client has come with this attempt, or a newer one, before.
local function overtaken(claim, client, attempt)
  return client ~= '' and client == claim.client and tonumber(attempt) <= tonumber(claim.attempt)
end
