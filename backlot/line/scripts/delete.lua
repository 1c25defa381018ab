-- ARGV: id, how long it is remembered that it is gone, and when its files are looked for again, twice
-- (all ms).
-- Ends the job and forgets it. Returns its tenant and the rematches made from it, or {} when there
-- is no such job.
local id = ARGV[1]
local key = job_key(id)
local facts = redis.call('HMGET', key, 'status', 'tenant', 'parent', 'line')
if not facts[1] then return {} end
local now = now_ms()
if not FINAL[facts[1]] then
  redis.call('HDEL', key, 'webhook')  -- there will be no body to send
  finish(id, 'canceled', now, '')
end
for stage in string.gmatch(facts[4], '[^,]+') do leave_stage(id, stage) end
for _, index in ipairs({ 'due', 'deadlines', 'finished', 'quarantine', 'jobs:' .. facts[2] }) do
  redis.call('ZREM', P .. ':' .. index, id)
end
if facts[3] and facts[3] ~= '' then redis.call('SREM', P .. ':children:' .. facts[3], id) end
local children = redis.call('SMEMBERS', P .. ':children:' .. id)
local deliveries = P .. ':deliveries:' .. id
for _, delivery in ipairs(redis.call('ZRANGE', deliveries, 0, -1)) do
  redis.call('DEL', P .. ':delivery:' .. delivery, P .. ':delivery:' .. delivery .. ':log')
end
redis.call('DEL', key, P .. ':events:' .. id, P .. ':children:' .. id, deliveries)
redis.call('SET', P .. ':gone:' .. id, facts[2], 'PX', ARGV[2])
redis.call('ZADD', P .. ':erase', now + tonumber(ARGV[3]), id .. ' soon', now + tonumber(ARGV[4]), id .. ' last')
redis.call('HINCRBY', P .. ':totals', 'deleted', 1)
table.insert(children, 1, facts[2])
return children
