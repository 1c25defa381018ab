-- ARGV: limit, deadline problem. Ends every job whose deadline has passed, at most `limit` of them.
-- A job that never started expires; one under way fails. Returns the ids.
local now = now_ms()
local ids = redis.call('ZRANGEBYSCORE', P .. ':deadlines', '-inf', now, 'LIMIT', 0, ARGV[1])
for _, id in ipairs(ids) do
  local status = redis.call('HGET', job_key(id), 'status')
  if not status or FINAL[status] then
    redis.call('ZREM', P .. ':deadlines', id)
  elseif status == 'canceling' then
    finish(id, 'canceled', now, '')
  else
    local never_started = status == 'queued' or status == 'awaiting_upload'
    finish(id, never_started and 'expired' or 'failed', now, ARGV[2])
  end
end
return ids
