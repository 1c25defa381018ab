-- ARGV: delivery id, attempt, state ('delivered', 'pending', 'failed', 'disabled'), delay_ms, status,
-- note, disable_after_ms, blame (0 when the outcome says nothing about the receiver). Only the attempt that was taken last may settle.
-- Returns 'stale', 'settled', or 'gone' or 'failing' when its endpoint was disabled for that reason.
local id, state, status = ARGV[1], ARGV[3], ARGV[5]
local key = P .. ':delivery:' .. id
local facts = redis.call('HMGET', key, 'attempts', 'state', 'receiver', 'source', 'tenant')
if facts[1] ~= ARGV[2] or facts[2] ~= 'pending' then return 'stale' end
local receiver, endpoint, now = facts[3], P .. ':endpoint:' .. facts[4], now_ms()
local outbox, health = P .. ':outbox:' .. receiver, P .. ':receiver:' .. receiver

redis.call('HSET', key, 'state', state, 'last_status', status, 'last_note', ARGV[6], 'last_at', now)
redis.call('RPUSH', key .. ':log', now .. ' ' .. status .. ' ' .. ARGV[6])
redis.call('LTRIM', key .. ':log', -50, -1)
redis.call('PEXPIRE', key .. ':log', KEEP_DELIVERIES_MS)
redis.call('HINCRBY', P .. ':totals', 'webhook:' .. (state == 'pending' and 'retried' or state), 1)
if state == 'pending' then
  redis.call('HSET', key, 'next', now + tonumber(ARGV[4]))
  redis.call('ZADD', outbox, now + tonumber(ARGV[4]), id)
else
  redis.call('HDEL', key, 'next')
  redis.call('ZREM', outbox, id)
  redis.call('PEXPIRE', key, KEEP_DELIVERIES_MS)
end
if ARGV[8] == '0' then
  -- the receiver was never asked
elseif state == 'delivered' then
  redis.call('HDEL', health, 'failing_since')
  redis.call('HSET', health, 'delivered_at', now)
else
  redis.call('HSETNX', health, 'failing_since', now)
end
redis.call('PEXPIRE', health, KEEP_DELIVERIES_MS)
redis.call('ZREM', P .. ':receivers:busy', receiver)
queue_receiver(receiver, now)

if ARGV[8] == '0' or redis.call('HGET', endpoint, 'status') ~= 'active' then return 'settled' end
local reason = nil
if state == 'disabled' then
  reason = 'gone'
elseif state ~= 'delivered' then
  local since = tonumber(redis.call('HGET', health, 'failing_since'))
  if now - since >= tonumber(ARGV[7]) then reason = 'failing' end
end
if not reason then return 'settled' end
redis.call('HSET', endpoint, 'status', 'disabled', 'reason', reason, 'disabled', now)
redis.call('HINCRBY', P .. ':totals', 'webhook:endpoints_disabled', 1)
local kind = 'webhook_endpoint.disabled'
local event_id = 'evt_' .. string.sub(facts[4], 5) .. '_disabled_' .. now
deliver_to_endpoints(facts[5], kind, event_id,
  { 'event_id', event_id, 'type', kind, 'endpoint_id', facts[4], 'tenant', facts[5] }, now)
return reason
