-- ARGV[10] id
local entry = shown(ARGV[10])
if not entry or entry.since == '' or entry.wide == '1' then return answer() end
withdraw(entry)
put(entry, { wide = '1' })
seek(entry, '')
return answer()
