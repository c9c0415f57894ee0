-- One more in a bucket, if it fits. KEYS[1]: when it is empty. ARGV: now, step, size of the bucket, all in microseconds.
local now, step, full = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local empty = tonumber(redis.call('GET', KEYS[1]) or now)
-- A clock that went back locks nobody out for longer than a full bucket.
if empty < now then empty = now elseif empty > now + full then empty = now + full end
local early = empty + step - now - full
if early > 0 then return { empty, early } end
empty = empty + step
redis.call('SET', KEYS[1], string.format('%.0f', empty), 'PX', math.ceil((empty - now) / 1000))
return { empty, 0 }
