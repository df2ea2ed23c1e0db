-- ARGV[10] id   [11] the match to end, 'current' or ''   [12] 'skipped' or 'failed'   [13] '1': with wishes
-- ARGV[14] mode   [15] interests and [16] languages, a line each   [17] anyone   [18] requeue   [19] relayOnly
-- Answers 'done', 'stale' or 'unknown'.
local entry = shown(ARGV[10])
if not entry then return answer('unknown') end
local ending, wished = ARGV[11], ARGV[13] == '1'
local names = { 'mode', 'interests', 'languages', 'anyone', 'requeue', 'relayOnly' }
local wishes, same = {}, true
for index, name in ipairs(names) do
  wishes[name] = wished and ARGV[13 + index] or entry[name]
  same = same and sameLines(wishes[name], entry[name])
end
if entry.match ~= '' then
  if ending == '' then return answer('done') end
  if ending == 'current' then
    -- [W7] On its way when the match was made, by somebody who shows no sign yet of knowing it.
    local repeats = wished and same or not wished and entry.role == 'answerer'
    local young = now - matchOf(entry).at < CROSSING_MS
    if repeats and entry.signalled ~= '1' and young then return answer('done') end
  elseif ending ~= entry.match then
    return answer('stale')
  end
  part(entry, ARGV[12])
elseif ending ~= '' and ending ~= 'current' and ending ~= entry.lastMatch then
  return answer('stale')
end
if entry.since ~= '' then
  if same then return answer('done') end
  withdraw(entry)
end
local kept = entry.kept == '1'
put(entry, wishes)
if not (kept and same) then issue(entry, kept and entry.ticketSince or now) end
seek(entry)
return answer('done')
