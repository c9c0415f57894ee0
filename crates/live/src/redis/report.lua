-- What a node's people show, and that the node lives. Gives whether it was known, and whose face changed over all nodes.
-- KEYS[1]: nodes by the moment their lease ends. ARGV: node, lease in ms, then account and face (0 off, 1 away, 2 here).
local here, node, lease = KEYS[1], ARGV[1], tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function people_of(other) return here .. ':' .. other end

local function best(account, nodes)
  local found = 0
  for _, other in ipairs(nodes) do
    local face = tonumber(redis.call('HGET', people_of(other), account) or 0)
    if face > found then found = face end
  end
  return found
end

-- A part of them at a time, so that nobody waits for a node of twenty thousand.
local function some_of(other)
  local found, fields = {}, redis.call('HSCAN', people_of(other), 0, 'COUNT', 200)[2]
  for at = 1, #fields, 2 do found[#found + 1] = fields[at] end
  return found
end

local known = redis.call('EXISTS', people_of(node))
local every = redis.call('ZRANGE', here, 0, -1)
local was, leaving = {}, {}
for at = 3, #ARGV, 2 do was[ARGV[at]] = best(ARGV[at], every) end
for _, other in ipairs(redis.call('ZRANGEBYSCORE', here, '-inf', now)) do
  if other ~= node then
    leaving[other] = some_of(other)
    for _, account in ipairs(leaving[other]) do was[account] = was[account] or best(account, every) end
  end
end

for at = 3, #ARGV, 2 do
  if ARGV[at + 1] == '0' then
    redis.call('HDEL', people_of(node), ARGV[at])
  else
    redis.call('HSET', people_of(node), ARGV[at], ARGV[at + 1])
  end
end
for other, accounts in pairs(leaving) do
  if #accounts > 0 then redis.call('HDEL', people_of(other), unpack(accounts)) end
  if redis.call('EXISTS', people_of(other)) == 0 then redis.call('ZREM', here, other) end
end
redis.call('ZADD', here, now + lease, node)
-- Longer than the lease, so that who takes people away still finds them.
redis.call('PEXPIRE', people_of(node), lease + 300000)
redis.call('PEXPIRE', here, lease + 300000)

local told, live = {}, redis.call('ZRANGEBYSCORE', here, now, '+inf')
for account, before in pairs(was) do
  local after = best(account, live)
  if after ~= before then told[#told + 1] = { account, after } end
end
return { known, told }
