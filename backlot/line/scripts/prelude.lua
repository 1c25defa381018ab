-- Shared by every script: names of keys, the server's clock, events, and the one way to end a job.
-- KEYS[1] is the prefix. Keys are derived from it, so the record needs one Redis, not a cluster.
local P = KEYS[1]

local function now_ms()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end

local function job_key(id) return P .. ':job:' .. id end

local FINAL = { succeeded = true, failed = true, canceled = true, expired = true }

-- Append to the job's event log, wake the followers, return the event id. Ends have a channel of
-- their own: most followers wait for nothing else.
local function emit(id, kind, stage, now)
  local key = job_key(id)
  local seq = redis.call('HINCRBY', key, 'seq', 1)
  local facts = redis.call('HMGET', key, 'generation', 'status')
  local event_id = 'evt_' .. string.sub(id, 5) .. '_' .. facts[1] .. '_' .. seq
  redis.call('XADD', P .. ':events:' .. id, 'MAXLEN', '~', 200, '*', 'event_id', event_id,
    'type', kind, 'stage', stage, 'generation', facts[1], 'status', facts[2], 'at', now)
  redis.call('PUBLISH', P .. (FINAL[facts[2]] and ':ended' or ':changed'), id)
  return event_id
end

local function leave_stage(id, stage)
  redis.call('ZREM', P .. ':pending:' .. stage, id)
  redis.call('ZREM', P .. ':running:' .. stage, id)
end

-- Put a stage into the pending state; a hint may be published for it from now on.
local function make_pending(id, stage, now, due)
  local key = job_key(id)
  redis.call('HSET', key, stage .. ':state', 'pending', stage .. ':pending', now,
    stage .. ':hints', 0, 'updated', now)
  redis.call('ZREM', P .. ':running:' .. stage, id)
  redis.call('ZADD', P .. ':pending:' .. stage, now, id)
  redis.call('ZADD', P .. ':due', due, id)
end

-- The only way into a final state: one event, and at most one outbox entry with the same id.
local function finish(id, status, now, problem)
  local key = job_key(id)
  local facts = redis.call('HMGET', key, 'stage', 'webhook')
  leave_stage(id, facts[1])
  redis.call('ZREM', P .. ':due', id)
  redis.call('ZREM', P .. ':deadlines', id)
  redis.call('HSET', key, 'status', status, 'finished', now, 'updated', now)
  if problem ~= '' then redis.call('HSET', key, 'error', problem) end
  redis.call('ZADD', P .. ':finished', now, id)
  redis.call('HINCRBY', P .. ':totals', status, 1)
  local event_id = emit(id, 'job.' .. status, '', now)
  redis.call('HSET', key, 'final_event', event_id)
  if facts[2] ~= '' then
    redis.call('HSET', P .. ':delivery:' .. event_id, 'job_id', id, 'url', facts[2],
      'type', 'job.' .. status, 'state', 'pending', 'attempts', 0, 'created', now)
    redis.call('ZADD', P .. ':outbox', now, event_id)
  end
  return event_id
end

-- True when this claim is still the one that counts.
local function holds(id, stage, fence)
  local facts = redis.call('HMGET', job_key(id), 'status', 'stage', stage .. ':state', 'fence')
  return facts[1] and not FINAL[facts[1]] and facts[2] == stage
    and facts[3] == 'claimed' and facts[4] == fence
end
