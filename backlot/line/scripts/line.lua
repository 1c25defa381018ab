-- ARGV: live_ms, stage, ... Returns per stage: stage, running, worker and slots of each live worker,
-- and how many jobs of the high, the normal and the low class wait.
local now = now_ms()
local answer = {}
for i = 2, #ARGV do
  local stage = ARGV[i]
  answer[#answer + 1] = {
    stage,
    redis.call('ZCARD', P .. ':running:' .. stage),
    redis.call('ZRANGEBYSCORE', P .. ':workers:' .. stage, now - tonumber(ARGV[1]), '+inf'),
    redis.call('ZCOUNT', P .. ':pending:' .. stage, '-inf', '(0'),
    redis.call('ZCOUNT', P .. ':pending:' .. stage, 0, '(' .. CLASS_MS),
    redis.call('ZCOUNT', P .. ':pending:' .. stage, CLASS_MS, '+inf'),
  }
end
return answer
