-- ARGV: id, stage, fence, "fraction code". Tells the followers, and keeps the newest word only.
-- Returns 'ok' or 'lost'.
local id, stage, fence = ARGV[1], ARGV[2], ARGV[3]
if not holds(id, stage, fence) then return 'lost' end
local key = job_key(id)
redis.call('HSET', key, stage .. ':progress', ARGV[4])
redis.call('HINCRBY', key, 'told', 1)
redis.call('PUBLISH', P .. ':changed', id)
return 'ok'
