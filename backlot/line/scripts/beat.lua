-- ARGV: worker, slots, stage, ... Says that this worker consumes these stages.
local now = now_ms()
for i = 3, #ARGV do
  local key = P .. ':workers:' .. ARGV[i]
  redis.call('ZADD', key, now, ARGV[1] .. '|' .. ARGV[2])
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - 60000)
end
return now
