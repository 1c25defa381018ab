-- ARGV: limit. Ids of jobs whose due time has come, by the server's clock.
return redis.call('ZRANGEBYSCORE', P .. ':due', '-inf', now_ms(), 'LIMIT', 0, ARGV[1])
