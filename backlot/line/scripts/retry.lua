-- ARGV: id, generation it ended in, deadline_s, start_deadline_s or '', retry_ms, the stage's queue,
-- its hint. Opens the next generation at the stage where the last one ended; what earlier stages
-- gave stays. Returns 'retried', or why not: 'unknown', 'unfinished', 'succeeded', 'archived',
-- 'stale' when somebody else was faster.
local id = ARGV[1]
local key = job_key(id)
local facts = redis.call('HMGET', key, 'status', 'stage', 'generation', 'archived', 'finished',
  'error', 'history')
if not facts[1] then return 'unknown' end
if not FINAL[facts[1]] then return 'unfinished' end
if facts[1] == 'succeeded' then return 'succeeded' end
if facts[4] then return 'archived' end
if facts[3] ~= ARGV[2] then return 'stale' end
local stage, now = facts[2], now_ms()
local ended = '{"generation":' .. facts[3] .. ',"status":"' .. facts[1] .. '","stage":"' .. stage
  .. '","finished_at":' .. facts[5] .. ',"error":' .. (facts[6] or 'null') .. '}'
local history = facts[7] and string.sub(facts[7], 1, -2) .. ',' .. ended .. ']' or '[' .. ended .. ']'
redis.call('HDEL', key, 'finished', 'error', 'final_event', stage .. ':lease', stage .. ':done',
  stage .. ':claimed', stage .. ':progress', stage .. ':not_before')
redis.call('HSET', key, 'status', 'queued', 'generation', facts[3] + 1, 'history', history,
  stage .. ':claims', 0, stage .. ':attempts', 0)
redis.call('ZREM', P .. ':finished', id)
redis.call('ZREM', P .. ':quarantine', id)
watch_deadlines(id, now, ARGV[3], ARGV[4])
make_pending(id, stage, now, now + tonumber(ARGV[5]))
redis.call('HINCRBY', P .. ':totals', 'retried', 1)
emit(id, 'job.retried', stage, now)
redis.call('LPUSH', ARGV[6], ARGV[7])
return 'retried'
