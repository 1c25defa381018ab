-- ARGV: id, stage, fence, delay_ms, reason. The stage had an outcome ("not now"): claims start anew.
-- Returns 'deferred', 'canceled' or 'lost'.
local id, stage, fence = ARGV[1], ARGV[2], ARGV[3]
if not holds(id, stage, fence) then return 'lost' end
local key = job_key(id)
local now = now_ms()
if redis.call('HGET', key, 'status') == 'canceling' then
  finish(id, 'canceled', now, '')
  return 'canceled'
end
redis.call('HSET', key, stage .. ':claims', 0, stage .. ':deferred', ARGV[5],
  stage .. ':not_before', now + tonumber(ARGV[4]))
redis.call('HINCRBY', P .. ':totals', stage .. ':deferred', 1)
make_pending(id, stage, now, now + tonumber(ARGV[4]))
emit(id, 'job.stage_deferred', stage, now)
return 'deferred'
