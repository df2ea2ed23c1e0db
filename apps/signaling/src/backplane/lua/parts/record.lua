-- What is known of a session: an array, and stored as one, packed: names would be most of it. A flag is '1' or '';
-- a text or an id that is absent is ''. A zero byte would end a text.
--
--   ID, ACCOUNT
--   SEARCHING_MS, MATCHED_MS, LEASE_END     its leases, and when it lapses
--   NODE, AWAY                              who shows it; its line is down
--   MODE, INTERESTS, LANGUAGES, ANYONE, REQUEUE, RELAY_ONLY
--                                           what it wished for last; interests and languages a line each
--   WAITING                                 its ticket is 'placed' in the lists, or 'withheld'; '': it does not wait
--   WIDE, KEPT, SINCE, ARRIVAL              its ticket: insists on nothing; keeps its place, which is this
--   MATCH, PARTNER, ROLE, MATCHED_AT        the match that it is in
--   HIDDEN, TOLD                            that match is relay-only; the offset at which this session is told of it,
--                                           0 once it has sent something in it
--   LAST_MESSAGE, LAST_OTHER                the numbers of what it sent last in a match
--   LAST_MATCH, BLAMED                      the last match; it failed to connect, by the word of this session
--   LAST, ACKNOWLEDGED                      offsets of its mailbox
--   TYPING, STATE                           events that wait until its line is back
local ID, ACCOUNT,
  SEARCHING_MS, MATCHED_MS, LEASE_END,
  NODE, AWAY,
  MODE, INTERESTS, LANGUAGES, ANYONE, REQUEUE, RELAY_ONLY,
  WAITING, WIDE, KEPT, SINCE, ARRIVAL,
  MATCH, PARTNER, ROLE, HIDDEN, TOLD, MATCHED_AT,
  LAST_MESSAGE, LAST_OTHER, LAST_MATCH, BLAMED,
  LAST, ACKNOWLEDGED,
  TYPING, STATE
  = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32

-- s: a text, d: a number; a letter for each field, in their order.
local FIELDS = 'ss' .. 'ddd' .. 'ss' .. 'ssssss' .. 'sssdd' .. 'ssssdd' .. 'ddss' .. 'dd' .. 'ss'
local FORMAT = '<' .. FIELDS

local function newRecord()
  local entry = {}
  for field = 1, #FIELDS do entry[field] = string.sub(FIELDS, field, field) == 'd' and 0 or '' end
  return entry
end

local function packRecord(entry)
  return struct.pack(FORMAT, unpack(entry, 1, #FIELDS))
end

local function unpackRecord(packed)
  return { struct.unpack(FORMAT, packed) }
end
