-- ARGV: event_id, attempt, state ('delivered', 'pending', 'failed', 'disabled'), delay_ms, status, note.
-- Only the attempt that was taken last may settle. Returns 1 or 0.
local key = P .. ':delivery:' .. ARGV[1]
local facts = redis.call('HMGET', key, 'attempts', 'state')
if facts[1] ~= ARGV[2] or facts[2] ~= 'pending' then return 0 end
local now = now_ms()
redis.call('HSET', key, 'state', ARGV[3], 'last_status', ARGV[5], 'last_note', ARGV[6], 'last_at', now)
redis.call('RPUSH', key .. ':log', now .. ' ' .. ARGV[5] .. ' ' .. ARGV[6])
if ARGV[3] == 'pending' then
  redis.call('ZADD', P .. ':outbox', now + tonumber(ARGV[4]), ARGV[1])
else
  redis.call('ZREM', P .. ':outbox', ARGV[1])
end
return 1
