-- ARGV: id, stage, generation, worker, lease_ms, max_claims.
-- Returns {reason} when there is nothing to do, else {'claimed', fence, field, value, ...}.
local id, stage, generation, worker = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local key = job_key(id)
local facts = redis.call('HMGET', key, 'status', 'stage', 'generation', stage .. ':state',
  stage .. ':lease', stage .. ':claims', stage .. ':not_before')
if not facts[1] then return { 'unknown' } end
if FINAL[facts[1]] then return { 'final' } end
if facts[2] ~= stage or facts[3] ~= generation then return { 'stale' } end
local now = now_ms()
local lost = facts[4] == 'claimed' and tonumber(facts[5]) <= now
if facts[4] ~= 'pending' and not lost then return { 'held' } end
if tonumber(facts[7] or '0') > now then return { 'early' } end
if facts[1] == 'canceling' then
  finish(id, 'canceled', now, '')
  return { 'final' }
end
local claims = tonumber(facts[6] or '0')
if claims >= tonumber(ARGV[6]) then return { 'poison' } end
local fence = redis.call('HINCRBY', key, 'fence', 1)
local lease = now + tonumber(ARGV[5])
redis.call('HINCRBY', key, stage .. ':attempts', 1)
if lost then redis.call('HDEL', key, stage .. ':progress') end
redis.call('HSET', key, stage .. ':state', 'claimed', stage .. ':worker', worker,
  stage .. ':lease', lease, stage .. ':claimed', now, stage .. ':claims', claims + 1,
  stage .. ':alone', (lost or claims > 0) and 1 or 0, 'status', 'processing', 'updated', now)
redis.call('ZREM', P .. ':pending:' .. stage, id)
redis.call('ZADD', P .. ':running:' .. stage, now, id)
redis.call('ZADD', P .. ':due', lease, id)
emit(id, 'job.stage_claimed', stage, now)
local answer = redis.call('HGETALL', key)
table.insert(answer, 1, tostring(fence))
table.insert(answer, 1, 'claimed')
return answer
