-- ARGV: what for, age_ms, limit. Jobs that ended longer ago than that and were not looked at for this
-- purpose yet: {id, finished, ...}, oldest first; those of one moment are never torn apart.
local from = redis.call('HGET', P .. ':looked', ARGV[1])
local key, till = P .. ':finished', now_ms() - tonumber(ARGV[2])
local rows = redis.call('ZRANGEBYSCORE', key, from and '(' .. from or '-inf', till,
  'WITHSCORES', 'LIMIT', 0, ARGV[3])
if #rows < 2 * tonumber(ARGV[3]) then return rows end
local last, known = rows[#rows], {}
for i = 1, #rows, 2 do known[rows[i]] = true end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', key, last, last)) do
  if not known[id] then
    rows[#rows + 1] = id
    rows[#rows + 1] = last
  end
end
return rows
