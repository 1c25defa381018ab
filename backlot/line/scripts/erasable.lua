-- ARGV: limit. Ids of deleted jobs whose files are to be looked for again.
return redis.call('ZRANGEBYSCORE', P .. ':erase', '-inf', now_ms(), 'LIMIT', 0, ARGV[1])
