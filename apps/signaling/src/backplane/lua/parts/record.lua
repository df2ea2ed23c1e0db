-- What is known of a session: an array, and stored as one, packed: names would be most of it. A flag is 1 or 0; a text
-- or an id that is absent is ''. A zero byte would end a text.
--
--   ACCOUNT
--   NODE, AWAY                              who shows it; its line is down
--   RESUMABLE                               its client holds, or was given, what it needs to come back
--   SEARCHING_MS, MATCHED_MS, LEASE_END     its leases, and when it lapses
--   WISHES                                  what it asked for last: see `wishesOf`
--   WAITING                                 its ticket is PLACED in the lists, or WITHHELD; 0: it does not wait
--   DUE_IN                                  which index has the time of the next look at its ticket, 0: none
--   WIDE, KEPT, SINCE, ARRIVAL              its ticket: insists on nothing; keeps its place, which is this
--   MATCH, PARTNER, ROLE, MATCHED_AT        the match that it is in
--   HIDDEN, TOLD                            that match is relay-only; the offset at which this session is told of it,
--                                           0 once it has sent something in it
--   LAST_MESSAGE, LAST_OTHER                the numbers of what it sent last in a match
--   LAST_MATCH, BLAMED                      the match before; it failed to connect, by the word of this session
--   LAST, ACKNOWLEDGED, TEXTED, WEIGHT      offsets of its mailbox: of the last event, of the last one that was
--                                           acknowledged, of the last numbered text; how much is in it, in bytes
--   TYPING, STATE                           events that wait until its line is back
--
-- Known in a call alone, for a table of each by id would cost more than all matching:
--   ID
--   VERB                                    the last verb that may have changed it
--   STORED, AT                              how it is stored, or will be at the end of the call (false: not at all);
--                                           its place among what will be written
--   MAILED                                  1 once a verb of the call has put something into its mailbox, else 0
local ID, VERB, STORED, AT, MAILED,
  ACCOUNT,
  NODE, AWAY, RESUMABLE,
  SEARCHING_MS, MATCHED_MS, LEASE_END,
  WISHES, WAITING, DUE_IN, WIDE, KEPT, SINCE, ARRIVAL,
  MATCH, PARTNER, ROLE, HIDDEN, TOLD, MATCHED_AT,
  LAST_MESSAGE, LAST_OTHER, LAST_MATCH, BLAMED,
  LAST, ACKNOWLEDGED, TEXTED, WEIGHT,
  TYPING, STATE
  = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32,
  33, 34, 35

-- s: a text, d: a number, B: one below 256; a letter for each field, in their order.
local FIELDS = 's' .. 'sBB' .. 'ddd' .. 'sBBBBdd' .. 'ssBBdd' .. 'ddsB' .. 'dddd' .. 'ss'
local FORMAT = '<' .. FIELDS

local PLACED, WITHHELD = 1, 2
local OFFERER, ANSWERER = 1, 2

-- Beside the records: the field with the session of an account.
local function accountField(account)
  return ':' .. account
end

local function newRecord(id)
  local entry = { id, 0, false, 0, 0 }
  for letter in string.gmatch(FIELDS, '.') do entry[#entry + 1] = letter == 's' and '' or 0 end
  return entry
end

local function packRecord(entry)
  return struct.pack(FORMAT, unpack(entry, ACCOUNT, STATE))
end

local function unpackRecord(id, packed)
  return { id, 0, packed, 0, 0, struct.unpack(FORMAT, packed) }
end

-- Mode, three flags, languages and interests, with tabs in between; the last two a line each.
local function parseWishes(text)
  local mode, anyone, requeue, relayOnly, languages, interests =
    string.match(text, '^(%l+)\t([01])([01])([01])\t([^\t]*)\t(.*)$')
  return {
    mode = mode, anyone = anyone == '1', requeue = requeue == '1', relayOnly = relayOnly == '1',
    languages = languages, interests = interests,
  }
end

local function plainWishes(mode)
  return mode .. '\t000\t\t'
end
