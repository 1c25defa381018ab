-- ARGV: id, deadline_s, start_deadline_s or '', created ms or '' for now, retry_ms, first stage, its
-- queue, its hint, then field and value pairs.
-- Returns {1 when the job is new, 0 when it was there already, field, value, ...}, or {2} when a job
-- of this id was deleted.
local id, stage = ARGV[1], ARGV[6]
local key = job_key(id)
local function record(fresh)
  local answer = redis.call('HGETALL', key)
  table.insert(answer, 1, fresh)
  return answer
end

if redis.call('EXISTS', key) == 1 then return record(0) end
if redis.call('EXISTS', P .. ':gone:' .. id) == 1 then return { 2 } end
local now = now_ms()
local created = ARGV[4] == '' and now or ARGV[4]
redis.call('HSET', key, unpack(ARGV, 9))
redis.call('HSET', key, 'status', 'queued', 'stage', stage, 'generation', 1, 'fence', 0,
  'created', created, 'updated', now)
local facts = redis.call('HMGET', key, 'tenant', 'parent')
redis.call('ZADD', P .. ':jobs:' .. facts[1], created, id)
if facts[2] ~= '' then redis.call('SADD', P .. ':children:' .. facts[2], id) end
watch_deadlines(id, now, ARGV[2], ARGV[3])
make_pending(id, stage, now, now + tonumber(ARGV[5]))
redis.call('HINCRBY', P .. ':totals', 'created', 1)
emit(id, 'job.created', '', now)
redis.call('LPUSH', ARGV[7], ARGV[8])
return record(1)
