-- ARGV: id, stage, fence, output so far. Shows it in place of the output until that is committed.
-- Returns 'ok' or 'lost'.
local id, stage, fence = ARGV[1], ARGV[2], ARGV[3]
if not holds(id, stage, fence) then return 'lost' end
local key = job_key(id)
redis.call('HSET', key, stage .. ':output', ARGV[4])
redis.call('HINCRBY', key, 'told', 1)
redis.call('PUBLISH', P .. ':changed', id)
return 'ok'
