-- ARGV: id, may_hint (0 or 1), retry_ms, max_retry_ms, max_claims, poison problem.
-- Looks at a job whose due time has come. Returns {action, stage, generation, priority}; the action is
-- 'hint' (publish one), 'wait', 'poison', 'canceled' or 'gone'.
local id = ARGV[1]
local key = job_key(id)
local facts = redis.call('HMGET', key, 'status', 'stage', 'generation', 'priority')
if not facts[1] or FINAL[facts[1]] then
  redis.call('ZREM', P .. ':due', id)
  return { 'gone', '', '' }
end
local stage, now = facts[2], now_ms()
local s = redis.call('HMGET', key, stage .. ':state', stage .. ':lease', stage .. ':claims')
if s[1] == 'claimed' then
  if tonumber(s[2]) > now then
    redis.call('ZADD', P .. ':due', s[2], id)
    return { 'wait', stage, facts[3] }
  end
  if facts[1] == 'canceling' then
    finish(id, 'canceled', now, '')
    return { 'canceled', stage, facts[3] }
  end
  if tonumber(s[3]) >= tonumber(ARGV[5]) then
    redis.call('HSET', key, stage .. ':state', 'error', stage .. ':done', now)
    redis.call('ZADD', P .. ':quarantine', now, id)
    finish(id, 'failed', now, ARGV[6])
    return { 'poison', stage, facts[3] }
  end
  redis.call('HINCRBY', P .. ':totals', stage .. ':lost_leases', 1)
  make_pending(id, stage, now, now)
end
local retry = tonumber(ARGV[3])
if ARGV[2] == '0' then
  redis.call('ZADD', P .. ':due', now + retry, id)
  return { 'wait', stage, facts[3] }
end
local hints = redis.call('HINCRBY', key, stage .. ':hints', 1)
local wait = math.min(retry * 2 ^ math.min(hints, 10), tonumber(ARGV[4]))
redis.call('ZADD', P .. ':due', now + wait, id)
redis.call('HINCRBY', P .. ':totals', stage .. ':rehinted', 1)
return { 'hint', stage, facts[3], facts[4] or 'normal' }
