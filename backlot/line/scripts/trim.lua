-- ARGV: id, final event. Lets go of what is in the archive: outputs, reports and the event log. What
-- a list shows and whose job it is stays. Returns 1, or 0 when the job is not as it was archived.
local id = ARGV[1]
local key = job_key(id)
local facts = redis.call('HMGET', key, 'status', 'final_event')
if not facts[1] or not FINAL[facts[1]] or facts[2] ~= ARGV[2] then return 0 end
for _, field in ipairs(redis.call('HKEYS', key)) do
  if string.find(field, ':', 1, true) then redis.call('HDEL', key, field) end
end
redis.call('HSET', key, 'archived', 1)
redis.call('DEL', P .. ':events:' .. id)
return 1
