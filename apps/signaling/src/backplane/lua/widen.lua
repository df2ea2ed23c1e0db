-- args[5] id
local entry = shown(args[5])
if not entry or entry[WAITING] == '' or entry[WIDE] == '1' then return answer() end
withdraw(entry)
entry[WIDE] = '1'
seek(entry, '')
return answer()
