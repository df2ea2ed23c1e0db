local id = ...
local entry = shown(id)
if not entry or entry[WAITING] == 0 or entry[WIDE] == 1 then return answer() end
withdraw(entry)
entry[WIDE] = 1
seek(entry, '')
return answer()
