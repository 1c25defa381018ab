-- ARGV: id, stage, fence, lease_ms. Returns 'ok', 'canceling' or 'lost'.
local id, stage, fence = ARGV[1], ARGV[2], ARGV[3]
if not holds(id, stage, fence) then return 'lost' end
local lease = now_ms() + tonumber(ARGV[4])
redis.call('HSET', job_key(id), stage .. ':lease', lease)
redis.call('ZADD', P .. ':due', lease, id)
if redis.call('HGET', job_key(id), 'status') == 'canceling' then return 'canceling' end
return 'ok'
