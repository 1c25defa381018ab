-- ARGV: id, stage, fence, output, report, line, next stage ('' when this was the last), retry_ms,
-- the next stage's queue, its hint.
-- Returns 'next', 'final' or 'canceled' when it counted, 'lost' when another claim holds the stage.
local id, stage, fence, following = ARGV[1], ARGV[2], ARGV[3], ARGV[7]
if not holds(id, stage, fence) then return 'lost' end
local key = job_key(id)
local now = now_ms()
local times = redis.call('HMGET', key, stage .. ':pending', stage .. ':claimed', 'status')
redis.call('HSET', key, stage .. ':state', 'done', stage .. ':output', ARGV[4],
  stage .. ':report', ARGV[5], stage .. ':done', now, stage .. ':claims', 0,
  'line', ARGV[6], 'updated', now)
local totals = P .. ':totals'
redis.call('HINCRBY', totals, stage .. ':done', 1)
redis.call('HINCRBY', totals, stage .. ':run_ms', now - tonumber(times[2]))
redis.call('HINCRBY', totals, stage .. ':queued_ms', tonumber(times[2]) - tonumber(times[1]))
if following == '' then
  finish(id, 'succeeded', now, '')
  return 'final'
end
emit(id, 'job.stage_done', stage, now)
if times[3] == 'canceling' then
  finish(id, 'canceled', now, '')
  return 'canceled'
end
leave_stage(id, stage)
redis.call('HSET', key, 'stage', following)
make_pending(id, following, now, now + tonumber(ARGV[8]))
redis.call('LPUSH', ARGV[9], ARGV[10])
return 'next'
