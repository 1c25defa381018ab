-- ARGV: delivery id, tenant. Sends once more what has ended, under the same event id and with the
-- whole schedule before it. Returns 'unknown', 'pending', 'disabled' or 'replayed'.
local id = ARGV[1]
local key = P .. ':delivery:' .. id
local facts = redis.call('HMGET', key, 'tenant', 'state', 'receiver', 'source', 'attempts')
if not facts[1] or facts[1] ~= ARGV[2] then return 'unknown' end
if facts[2] == 'pending' then return 'pending' end
local is_endpoint = string.sub(facts[4], 1, 4) == 'whe_'
local endpoint = redis.call('HMGET', P .. ':endpoint:' .. facts[4], 'status', 'url')
if is_endpoint and endpoint[1] ~= 'active' then return 'disabled' end
local now = now_ms()
redis.call('PERSIST', key)
redis.call('HSET', key, 'state', 'pending', 'base', facts[5])
if is_endpoint then redis.call('HSET', key, 'url', endpoint[2]) end
redis.call('HINCRBY', key, 'replays', 1)
send_to(facts[3], id, now)
return 'replayed'
