-- Who may take a session up: beside its record, for only a few verbs ask. A session that nobody can take up has none.

local function claimField(id)
  return id .. ':claim'
end

local function claimOf(id)
  local packed = redis.call('HGET', prefix .. SESSIONS, claimField(id))
  local fields = packed and cmsgpack.unpack(packed) or { '', '', '', '' }
  return { hash = fields[1], nextHash = fields[2], client = fields[3], attempt = fields[4] }
end

-- `hash` and `nextHash`: of what its client has, and of what was given out for it since; `client` and `attempt`: who
-- came last.
local function writeClaim(id, claim)
  local fields = { claim.hash, claim.nextHash, claim.client, claim.attempt }
  redis.call('HSET', prefix .. SESSIONS, claimField(id), cmsgpack.pack(fields))
end

-- The client has the hash given out last: the one before is void.
local function adopt(id, claim, hash)
  if hash == '' or hash ~= claim.nextHash then return false end
  claim.hash, claim.nextHash = hash, ''
  writeClaim(id, claim)
  return true
end

-- A leftover: the client has come with this attempt, or a newer one, before.
local function overtaken(claim, client, attempt)
  return client ~= '' and client == claim.client and tonumber(attempt) <= tonumber(claim.attempt)
end
