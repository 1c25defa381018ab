-- ARGV: id. Returns the status after the call, or false when there is no such job.
local id = ARGV[1]
local key = job_key(id)
local facts = redis.call('HMGET', key, 'status', 'stage')
if not facts[1] then return false end
if FINAL[facts[1]] or facts[1] == 'canceling' then return facts[1] end
local now = now_ms()
if redis.call('HGET', key, facts[2] .. ':state') ~= 'claimed' then
  finish(id, 'canceled', now, '')
  return 'canceled'
end
redis.call('HSET', key, 'status', 'canceling', 'updated', now)
emit(id, 'job.canceling', facts[2], now)
return 'canceling'
