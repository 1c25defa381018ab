-- ARGV: lease_ms. Takes one due delivery for one attempt; another one may take it after the lease.
-- Returns {event_id, field, value, ...} or {}.
local now = now_ms()
local ids = redis.call('ZRANGEBYSCORE', P .. ':outbox', '-inf', now, 'LIMIT', 0, 1)
if not ids[1] then return {} end
local key = P .. ':delivery:' .. ids[1]
redis.call('HINCRBY', key, 'attempts', 1)
redis.call('ZADD', P .. ':outbox', now + tonumber(ARGV[1]), ids[1])
local answer = redis.call('HGETALL', key)
table.insert(answer, 1, ids[1])
return answer
