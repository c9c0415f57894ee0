-- The best face of each account over the nodes that live. KEYS[1]: nodes by the moment their lease ends. ARGV: accounts.
local here = KEYS[1]
local time = redis.call('TIME')
local live = redis.call('ZRANGEBYSCORE', here, time[1] * 1000 + math.floor(time[2] / 1000), '+inf')
local faces = {}
for at, account in ipairs(ARGV) do
  faces[at] = 0
  for _, node in ipairs(live) do
    local face = tonumber(redis.call('HGET', here .. ':' .. node, account) or 0)
    if face > faces[at] then faces[at] = face end
  end
end
return faces
