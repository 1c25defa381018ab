-- ARGV: id, tenant, owner, lease_ms. An upload has one owner: whoever takes it first, until that one
-- gives it back or its lease is over. Returns {'unknown'}, {'used'} or {'taken', field, value, ...}.
local key = P .. ':upload:' .. ARGV[1]
local facts = redis.call('HMGET', key, 'tenant', 'owner', 'lease', 'done')
if facts[1] ~= ARGV[2] then return { 'unknown' } end
local now = now_ms()
local owner = facts[2] or ''
local held = facts[4] or tonumber(facts[3] or '0') > now
if owner ~= '' and owner ~= ARGV[3] and held then return { 'used' } end
redis.call('HSET', key, 'owner', ARGV[3], 'lease', now + tonumber(ARGV[4]))
local answer = redis.call('HGETALL', key)
table.insert(answer, 1, 'taken')
return answer
