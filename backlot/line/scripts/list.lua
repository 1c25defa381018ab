-- ARGV: tenant, newest ms, oldest ms, id to go on after ('' from the start), how many, how many to
-- look at, status, kind, metadata key, metadata value (each '' for any).
-- Newest first; of one moment, the greater id first. Returns {{created, id, ...} of those that fit,
-- created and id of the last one looked at, '' when none is left}.
local key = P .. ':jobs:' .. ARGV[1]
local newest, after = ARGV[2], ARGV[4]
local many, most = tonumber(ARGV[5]), tonumber(ARGV[6])

local function fits(id)
  local facts = redis.call('HMGET', job_key(id), 'status', 'kind', 'request')
  if not facts[1] then return false end
  if ARGV[7] ~= '' and not string.find(',' .. ARGV[7] .. ',', ',' .. facts[1] .. ',', 1, true) then
    return false
  end
  if ARGV[8] ~= '' and ARGV[8] ~= facts[2] then return false end
  if ARGV[9] == '' then return true end
  local metadata = cjson.decode(facts[3]).metadata or {}
  local value = metadata[ARGV[9]]
  return value and (ARGV[10] == '' or ARGV[10] == value)
end

local found, seen, from = {}, 0, 0
while true do
  local rows = redis.call('ZREVRANGEBYSCORE', key, newest, ARGV[3], 'WITHSCORES', 'LIMIT', from, 100)
  for i = 1, #rows, 2 do
    local id, created = rows[i], rows[i + 1]
    if after == '' or created ~= newest or id < after then
      seen = seen + 1
      if fits(id) then
        found[#found + 1] = created
        found[#found + 1] = id
      end
      if #found == 2 * many or seen == most then return { found, created, id } end
    end
  end
  if #rows == 0 then return { found, '', '' } end
  from = from + 100
end
