-- ARGV: live_ms, stage, ... Returns per stage: stage, waiting, running, worker and slots of each live worker.
local now = now_ms()
local answer = {}
for i = 2, #ARGV do
  local stage = ARGV[i]
  answer[#answer + 1] = {
    stage,
    redis.call('ZCARD', P .. ':pending:' .. stage),
    redis.call('ZCARD', P .. ':running:' .. stage),
    redis.call('ZRANGEBYSCORE', P .. ':workers:' .. stage, now - tonumber(ARGV[1]), '+inf'),
  }
end
return answer
