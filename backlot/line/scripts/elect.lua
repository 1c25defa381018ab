-- ARGV: candidate, ttl_ms. True while this candidate leads.
local key = P .. ':leader'
local holder = redis.call('GET', key)
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', key, ARGV[1], 'PX', ARGV[2])
return 1
