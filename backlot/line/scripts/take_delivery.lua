-- ARGV: lease_ms, failing (1 when receivers that fail may be called, and come first).
-- Takes one due delivery of one receiver that is not being called; another one may take it after
-- the lease. Returns {delivery id, its fields, its endpoint's fields} or {}.
local now = now_ms()
local busy = P .. ':receivers:busy'
for _, receiver in ipairs(redis.call('ZRANGEBYSCORE', busy, '-inf', now, 'LIMIT', 0, 100)) do
  redis.call('ZREM', busy, receiver)
  queue_receiver(receiver, now)
end

-- What waits for an endpoint that takes no more is not sent; a replay can bring it back.
local function drop(receiver)
  local outbox = P .. ':outbox:' .. receiver
  for _, id in ipairs(redis.call('ZRANGE', outbox, 0, 99)) do
    redis.call('HSET', P .. ':delivery:' .. id, 'state', 'disabled', 'last_note', 'endpoint disabled')
    redis.call('PEXPIRE', P .. ':delivery:' .. id, KEEP_DELIVERIES_MS)
    redis.call('ZREM', outbox, id)
  end
  queue_receiver(receiver, now)
end

local function take(queue)
  for _ = 1, 20 do
    local receiver = redis.call('ZRANGEBYSCORE', queue, '-inf', now, 'LIMIT', 0, 1)[1]
    if not receiver then return nil end
    local outbox = P .. ':outbox:' .. receiver
    local id = redis.call('ZRANGEBYSCORE', outbox, '-inf', now, 'LIMIT', 0, 1)[1]
    local key = P .. ':delivery:' .. (id or '')
    local endpoint = P .. ':endpoint:' .. receiver
    if not id then
      queue_receiver(receiver, now)
    elseif redis.call('EXISTS', key) == 0 then
      redis.call('ZREM', outbox, id)
      queue_receiver(receiver, now)
    elseif string.sub(receiver, 1, 4) == 'whe_'
      and redis.call('HGET', endpoint, 'status') ~= 'active' then
      drop(receiver)
    else
      redis.call('HINCRBY', key, 'attempts', 1)
      local until_ms = now + tonumber(ARGV[1])
      redis.call('ZADD', outbox, until_ms, id)
      redis.call('ZREM', queue, receiver)
      redis.call('ZADD', busy, until_ms, receiver)
      return { id, redis.call('HGETALL', key), redis.call('HGETALL', endpoint) }
    end
  end
  return nil
end

local taken = nil
if ARGV[2] == '1' then taken = take(P .. ':receivers:failing') end
return taken or take(P .. ':receivers') or {}
