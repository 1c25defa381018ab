-- ARGV: id, stage, fence. The worker noticed the cancel. Returns 'canceled' or 'lost'.
local id, stage, fence = ARGV[1], ARGV[2], ARGV[3]
if not holds(id, stage, fence) then return 'lost' end
finish(id, 'canceled', now_ms(), '')
return 'canceled'
