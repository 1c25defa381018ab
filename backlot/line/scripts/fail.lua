-- ARGV: id, stage, fence, problem. Returns 'failed', 'canceled' or 'lost'.
local id, stage, fence = ARGV[1], ARGV[2], ARGV[3]
if not holds(id, stage, fence) then return 'lost' end
local key = job_key(id)
local now = now_ms()
redis.call('HSET', key, stage .. ':state', 'error', stage .. ':done', now)
redis.call('HINCRBY', P .. ':totals', stage .. ':failed', 1)
if redis.call('HGET', key, 'status') == 'canceling' then
  finish(id, 'canceled', now, '')
  return 'canceled'
end
finish(id, 'failed', now, ARGV[4])
return 'failed'
