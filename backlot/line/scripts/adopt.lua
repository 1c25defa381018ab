-- ARGV: id, field and value pairs. Puts an archived job back into the lists, as a stub, after its
-- record was lost. Returns 1, or 0 when it is there, or was deleted.
local id = ARGV[1]
local key = job_key(id)
if redis.call('EXISTS', key, P .. ':gone:' .. id) > 0 then return 0 end
redis.call('HSET', key, unpack(ARGV, 2))
redis.call('HSET', key, 'archived', 1)
local facts = redis.call('HMGET', key, 'tenant', 'created', 'finished', 'parent')
redis.call('ZADD', P .. ':jobs:' .. facts[1], facts[2], id)
redis.call('ZADD', P .. ':finished', facts[3], id)
if facts[4] and facts[4] ~= '' then redis.call('SADD', P .. ':children:' .. facts[4], id) end
return 1
