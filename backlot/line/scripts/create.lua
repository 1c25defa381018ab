-- ARGV: id, deadline_s, retry_ms, first stage, its queue, its hint, then field and value pairs.
-- Returns {1 when the job is new, 0 when it was there already, field, value, ...}.
local id, stage = ARGV[1], ARGV[4]
local key = job_key(id)
local function record(fresh)
  local answer = redis.call('HGETALL', key)
  table.insert(answer, 1, fresh)
  return answer
end

if redis.call('EXISTS', key) == 1 then return record(0) end
local now = now_ms()
local deadline = now + tonumber(ARGV[2]) * 1000
redis.call('HSET', key, unpack(ARGV, 7))
redis.call('HSET', key, 'status', 'queued', 'stage', stage, 'generation', 1, 'fence', 0,
  'created', now, 'updated', now, 'deadline', deadline)
redis.call('ZADD', P .. ':deadlines', deadline, id)
make_pending(id, stage, now, now + tonumber(ARGV[3]))
redis.call('HINCRBY', P .. ':totals', 'created', 1)
emit(id, 'job.created', '', now)
redis.call('LPUSH', ARGV[5], ARGV[6])
return record(1)
