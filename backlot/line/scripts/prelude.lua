-- Shared by every script: names of keys, the server's clock, events, and the one way to end a job.
-- KEYS[1] is the prefix. Keys are derived from it, so the record needs one Redis, not a cluster.
local P = KEYS[1]

local function now_ms()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end

local function job_key(id) return P .. ':job:' .. id end

local FINAL = { succeeded = true, failed = true, canceled = true, expired = true }

-- Webhooks. A receiver is an endpoint, or the host of the addresses that jobs name. Each has an
-- outbox of its own and one attempt at a time; receivers that fail wait apart from the others.
local KEEP_DELIVERIES_MS = 30 * 86400000
local ANNOUNCED = { ['job.created'] = true, ['job.stage_done'] = true, ['job.succeeded'] = true,
  ['job.failed'] = true, ['job.canceled'] = true, ['job.expired'] = true }

local function queue_of(receiver)
  local failing = redis.call('HEXISTS', P .. ':receiver:' .. receiver, 'failing_since') == 1
  return P .. ':receivers' .. (failing and ':failing' or '')
end

-- Have a receiver called when the first of its deliveries is due, behind those that wait longer.
local function queue_receiver(receiver, now)
  redis.call('ZREM', P .. ':receivers', receiver)
  redis.call('ZREM', P .. ':receivers:failing', receiver)
  local first = redis.call('ZRANGE', P .. ':outbox:' .. receiver, 0, 0, 'WITHSCORES')
  if not first[1] then return end
  redis.call('ZADD', queue_of(receiver), math.max(tonumber(first[2]), now), receiver)
end

-- One more delivery for a receiver, due now; it keeps its place if it waits already.
local function send_to(receiver, delivery_id, now)
  redis.call('ZADD', P .. ':outbox:' .. receiver, now, delivery_id)
  if redis.call('ZSCORE', P .. ':receivers:busy', receiver) then return end
  redis.call('ZADD', queue_of(receiver), 'LT', now, receiver)
end

local function deliver(delivery_id, source, receiver, url, event, now)
  redis.call('HSET', P .. ':delivery:' .. delivery_id, 'source', source, 'receiver', receiver,
    'url', url, 'state', 'pending', 'attempts', 0, 'base', 0, 'created', now, unpack(event))
  local index = P .. ':deliveries:' .. source
  redis.call('ZADD', index, now, delivery_id)
  redis.call('ZREMRANGEBYSCORE', index, '-inf', now - KEEP_DELIVERIES_MS)
  redis.call('PEXPIRE', index, KEEP_DELIVERIES_MS)
  send_to(receiver, delivery_id, now)
end

-- Deliver an event to every endpoint of the tenant that asked for its kind.
local function deliver_to_endpoints(tenant, kind, event_id, event, now)
  for _, endpoint in ipairs(redis.call('SMEMBERS', P .. ':endpoints:' .. tenant)) do
    local facts = redis.call('HMGET', P .. ':endpoint:' .. endpoint, 'status', 'events', 'url')
    if facts[1] == 'active' and string.find(facts[2], ',' .. kind .. ',', 1, true) then
      deliver(event_id .. '_' .. string.sub(endpoint, 5), endpoint, endpoint, facts[3], event, now)
    end
  end
end

local function announce(id, kind, event_id, tenant, url, status, now)
  local event = { 'event_id', event_id, 'type', kind, 'job_id', id, 'tenant', tenant }
  if FINAL[status] and url ~= '' then
    local host = string.lower(string.match(url, '^%a+://([^/?#]+)') or url)
    deliver(event_id, id, 'url:' .. tenant .. ':' .. host, url, event, now)
  end
  deliver_to_endpoints(tenant, kind, event_id, event, now)
end

-- Append to the job's event log, wake the followers, return the event id. Ends have a channel of
-- their own: most followers wait for nothing else.
local function emit(id, kind, stage, now)
  local key = job_key(id)
  local seq = redis.call('HINCRBY', key, 'seq', 1)
  local facts = redis.call('HMGET', key, 'generation', 'status', 'tenant', 'webhook')
  local event_id = 'evt_' .. string.sub(id, 5) .. '_' .. facts[1] .. '_' .. seq
  redis.call('XADD', P .. ':events:' .. id, 'MAXLEN', '~', 200, '*', 'event_id', event_id,
    'type', kind, 'stage', stage, 'generation', facts[1], 'status', facts[2], 'at', now)
  if ANNOUNCED[kind] then
    announce(id, kind, event_id, facts[3], facts[4] or '', facts[2], now)
  end
  redis.call('PUBLISH', P .. (FINAL[facts[2]] and ':ended' or ':changed'), id)
  return event_id
end

local function leave_stage(id, stage)
  redis.call('ZREM', P .. ':pending:' .. stage, id)
  redis.call('ZREM', P .. ':running:' .. stage, id)
end

-- How many unfinished jobs each tenant has, for those who decide whether it may have more.
local function count_unfinished(tenant, command, ...)
  local jobs = P .. ':unfinished:' .. tenant
  redis.call(command, jobs, ...)
  local count = redis.call('ZCARD', jobs)
  if count == 0 then redis.call('ZREM', P .. ':unfinished', tenant)
  else redis.call('ZADD', P .. ':unfinished', count, tenant) end
end

-- The index of deadlines holds the one that comes first: the start's, then the end's.
local function watch_deadlines(id, now, deadline_s, start_deadline_s)
  local key, first = job_key(id), now + tonumber(deadline_s) * 1000
  redis.call('HSET', key, 'deadline', first)
  redis.call('HDEL', key, 'start_deadline')
  if start_deadline_s ~= '' and tonumber(start_deadline_s) < tonumber(deadline_s) then
    first = now + tonumber(start_deadline_s) * 1000
    redis.call('HSET', key, 'start_deadline', first)
  end
  redis.call('ZADD', P .. ':deadlines', first, id)
  count_unfinished(redis.call('HGET', key, 'tenant'), 'ZADD', now, id)
end

-- Where a job waits: before those of a lower class, behind those of its own that wait longer. The
-- normal class has plain times, so that jobs from before there were classes are of it.
local CLASS_MS = 1e13
local CLASSES = { high = -CLASS_MS, low = CLASS_MS }
local function place_of(key, now)
  return now + (CLASSES[redis.call('HGET', key, 'priority') or 'normal'] or 0)
end

-- Put a stage into the pending state; a hint may be published for it from now on.
local function make_pending(id, stage, now, due)
  local key = job_key(id)
  redis.call('HSET', key, stage .. ':state', 'pending', stage .. ':pending', now,
    stage .. ':hints', 0, 'updated', now)
  redis.call('ZREM', P .. ':running:' .. stage, id)
  redis.call('ZADD', P .. ':pending:' .. stage, place_of(key, now), id)
  redis.call('ZADD', P .. ':due', due, id)
end

-- The only way into a final state: one event, and the webhooks of that event.
local function finish(id, status, now, problem)
  local key = job_key(id)
  local facts = redis.call('HMGET', key, 'stage', 'tenant')
  leave_stage(id, facts[1])
  count_unfinished(facts[2], 'ZREM', id)
  redis.call('ZREM', P .. ':due', id)
  redis.call('ZREM', P .. ':deadlines', id)
  redis.call('HSET', key, 'status', status, 'finished', now, 'updated', now)
  if problem ~= '' then redis.call('HSET', key, 'error', problem) end
  redis.call('ZADD', P .. ':finished', now, id)
  redis.call('HINCRBY', P .. ':totals', status, 1)
  local event_id = emit(id, 'job.' .. status, '', now)
  redis.call('HSET', key, 'final_event', event_id)
  return event_id
end

-- True when this claim is still the one that counts.
local function holds(id, stage, fence)
  local facts = redis.call('HMGET', job_key(id), 'status', 'stage', stage .. ':state', 'fence')
  return facts[1] and not FINAL[facts[1]] and facts[2] == stage
    and facts[3] == 'claimed' and facts[4] == fence
end
