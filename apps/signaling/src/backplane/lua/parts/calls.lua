-- One call runs all that a node asked for in one turn, verb by verb: each is done before the next begins, and one
-- that fails is nothing to the others. Redis runs nothing else in between, so what they changed is written at the end.

-- By name; each takes its arguments, of which the first is most often a session.
local verbs = {}
-- What these do, they do to the partner, too.
local FOR_BOTH = { find = true, leave = true, send = true, away = true, back = true, ['end'] = true }

-- Whatever is no error of a command, which begins with its code, is one of the script.
local function failure(message)
  message = tostring(message)
  return redis.error_reply(string.find(message, '^%u+ ') and message or 'ERR ' .. message)
end

local function perform(name, bits, number, ...)
  beginVerb(bits, number)
  local isDone, answered = pcall(verbs[name], ...)
  if isDone then return answered end
  forgetVerb()
  return failure(answered)
end

-- Reads what the verbs will most likely ask for. What cannot be read is left to the verb that needs it.
local function foresee(args)
  local ids, partners, first = {}, {}, 3
  while args[first] do
    ids[#ids + 1] = args[first + 4]
    first = first + 4 + args[first + 1]
  end
  pcall(readAhead, ids)
  first = 3
  while args[first] do
    local entry = FOR_BOTH[args[first]] and known[args[first + 4]]
    local partner = entry and entry[PARTNER] or ''
    if partner ~= '' and known[partner] == nil then partners[#partners + 1] = partner end
    first = first + 4 + args[first + 1]
  end
  pcall(readAhead, partners)
end

-- keys[1]  what all keys begin with   args[1]  the time or ''   args[2]  this node
-- args[3] and on: the verbs, one after the other: each by its name, how many arguments it has, what `beginVerb`
-- takes, and its arguments. Answers what each of them answers.
local function call(keys, args)
  beginCall(keys[1], args[1], args[2])
  foresee(args)
  local answers, first = {}, 3
  while args[first] do
    local last = first + 3 + args[first + 1]
    answers[#answers + 1] = perform(args[first], unpack(args, first + 2, last))
    first = last + 1
  end
  writeCall()
  for index = 1, #published, 2 do redis.call('PUBLISH', published[index], published[index + 1]) end
  return answers
end
