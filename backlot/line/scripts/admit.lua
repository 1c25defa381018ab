-- ARGV: SHA-256 of the key, its tenant when the settings name one, bucket, quota, window_ms, count.
-- Looks a key up, notes that it is used, and takes that many requests from its bucket, which refills
-- evenly (generic cell rate algorithm). A quota of 0 is no limit.
-- Returns {'unknown'}, or {'allowed' or 'limited', tenant, scopes, quota, left, full again in ms,
-- next one in ms}; the scopes of a key of the settings are false.
local digest, tenant, scopes = ARGV[1], ARGV[2], false
local now, quota, window = now_ms(), tonumber(ARGV[4]), tonumber(ARGV[5])
if tenant == '' then
  local key = P .. ':apikey:' .. digest
  local facts = redis.call('HMGET', key, 'tenant', 'scopes', 'ends', 'used', 'quota:' .. ARGV[3])
  if not facts[1] then return { 'unknown' } end
  if (facts[3] or '') ~= '' and tonumber(facts[3]) <= now then return { 'unknown' } end
  if now - tonumber(facts[4] or '0') > 60000 then redis.call('HSET', key, 'used', now) end
  tenant, scopes = facts[1], facts[2]
  if (facts[5] or '') ~= '' then quota = tonumber(facts[5]) end
end
if quota == 0 then return { 'allowed', tenant, scopes, 0, 0, 0, 0 } end
local bucket, step = P .. ':rate:' .. ARGV[3] .. ':' .. digest, window / quota
local full = math.max(tonumber(redis.call('GET', bucket) or '0'), now)
local taken = step * tonumber(ARGV[6])
local behind = full + taken - now
if behind > window then
  return { 'limited', tenant, scopes, quota, 0, full - now, math.ceil(behind - window) }
end
redis.call('SET', bucket, string.format('%.3f', full + taken), 'PX', math.ceil(behind))
return { 'allowed', tenant, scopes, quota, math.floor((window - behind) / step),
  math.ceil(behind), 0 }
