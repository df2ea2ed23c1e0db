-- Answers the names and the numbers, one after the other.
return answer(redis.call('HGETALL', KEYS[1] .. 'counts'))
