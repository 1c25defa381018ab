-- ARGV: limit, deadline problem. Ends every job whose deadline has passed, at most `limit` of them.
-- A job that never started expires; one under way fails. Returns the ids.
local now = now_ms()
local ids = redis.call('ZRANGEBYSCORE', P .. ':deadlines', '-inf', now, 'LIMIT', 0, ARGV[1])
for _, id in ipairs(ids) do
  local facts = redis.call('HMGET', job_key(id), 'status', 'deadline', 'start_deadline')
  local status = facts[1]
  if not status or FINAL[status] then
    redis.call('ZREM', P .. ':deadlines', id)
  elseif facts[3] and status ~= 'queued' then
    redis.call('HDEL', job_key(id), 'start_deadline')  -- it started in time: its end is watched now
    redis.call('ZADD', P .. ':deadlines', facts[2], id)
  elseif status == 'canceling' then
    finish(id, 'canceled', now, '')
  else
    local never_started = status == 'queued' or status == 'awaiting_upload'
    finish(id, never_started and 'expired' or 'failed', now, ARGV[2])
  end
end
return ids
