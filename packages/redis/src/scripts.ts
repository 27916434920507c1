/**
 * What the server does in one step. Each script answers the server's time (epoch milliseconds) first, all as text.
 *
 * What is stored: `<generation> <epoch ms of expiry, or -> <payload>`. What does not begin with a number counts as
 * nothing, whatever type it is of.
 */

/** Beyond this a number is nonsense (X6). */
const LARGEST = 2 ** 52;

const TIME = `
local clock = redis.call('TIME')
local time = clock[1] * 1000 + math.floor(clock[2] / 1000)
local function text(number) return string.format('%.0f', number) end
`;

const STORED = `
local stored = redis.pcall('GET', KEYS[1])
if type(stored) ~= 'string' then stored = '' end
local generation = tonumber(string.match(stored, '^(%d+) ')) or 0
if generation > ${LARGEST} then generation = 0 end
`;

/** How many closed scopes are kept (X4). */
const SCOPES_KEPT = 1_000;
/** No key outlives this. Milliseconds. */
const LONGEST = 31_536_000_000;

/** KEYS: tokens, closed. Answers what is stored, then scope, end and reason of each closed scope. */
export const READ: string = `${TIME}${STORED}
local answer = { text(time), stored }
local closed = redis.pcall('HGETALL', KEYS[2])
if closed.err == nil then
  for at = 1, #closed, 2 do
    local ends, reason = string.match(closed[at + 1], '^(%d+) ([%a_]+)$')
    if ends and tonumber(ends) > time then
      answer[#answer + 1] = closed[at]
      answer[#answer + 1] = ends
      answer[#answer + 1] = reason
    end
  end
end
return answer
`;

/**
 * Compare-and-set. KEYS: tokens. ARGV: expected generation; `1` where whoever asks knows that this generation was
 * stored, so that an older one is a server's that has lost it; what is to be treated as nothing; the next generation;
 * milliseconds until its expiry, or nothing; its payload; how long it is kept; the channel; who asks. Answers `1`, or
 * `0` and what is stored.
 */
export const REPLACE: string = `${TIME}${STORED}
local expected = tonumber(ARGV[1])
local isFree = generation == expected
  or (ARGV[2] == '1' and generation < expected)
  or (stored ~= '' and stored == ARGV[3])
if not isFree then return { text(time), '0', stored } end
local expires = '-'
if ARGV[5] ~= '' then expires = text(math.max(time + tonumber(ARGV[5]), 0)) end
local value = ARGV[4] .. ' ' .. expires .. ' ' .. ARGV[6]
redis.call('SET', KEYS[1], value, 'PX', ARGV[7])
redis.pcall('PUBLISH', ARGV[8], 'tokens ' .. ARGV[9] .. ' ' .. text(time) .. ' ' .. value)
return { text(time), '1', value }
`;

/**
 * KEYS: closed. ARGV: scope, milliseconds that it is closed, reason, channel, who asks. Never shortens. Answers
 * nothing but the time.
 */
export const CLOSE: string = `${TIME}
local known = redis.pcall('HGET', KEYS[1], ARGV[1])
if type(known) == 'table' then redis.call('DEL', KEYS[1]) known = false end
local ends = math.ceil(time + tonumber(ARGV[2]))
local before = known and tonumber(string.match(known, '^(%d+) ')) or 0
if before >= ends then return { text(time) } end
redis.call('HSET', KEYS[1], ARGV[1], text(ends) .. ' ' .. ARGV[3])
local left = math.min(ends - time, ${LONGEST})
if redis.call('PTTL', KEYS[1]) < left then redis.call('PEXPIRE', KEYS[1], text(left)) end
if redis.call('HLEN', KEYS[1]) > ${SCOPES_KEPT} then
  local soonest, least
  local all = redis.call('HGETALL', KEYS[1])
  for at = 1, #all, 2 do
    local other = tonumber(string.match(all[at + 1], '^(%d+) ')) or 0
    if other <= time then redis.call('HDEL', KEYS[1], all[at])
    elseif least == nil or other < least then soonest, least = all[at], other end
  end
  if redis.call('HLEN', KEYS[1]) > ${SCOPES_KEPT} then redis.call('HDEL', KEYS[1], soonest) end
end
redis.pcall('PUBLISH', ARGV[4], 'closed ' .. ARGV[5] .. ' ' .. text(time) .. ' ' .. text(ends) .. ' ' .. ARGV[3] .. ' ' .. ARGV[1])
return { text(time) }
`;

/**
 * Takes the lease. KEYS: lease, fence, run. ARGV: who asks; how long the lease lasts without being renewed; `1` where
 * a token that serves only once is at stake; how long a server is then left to those who know more than it does; how
 * long keys are kept. Answers `1` and the lease's value, or `0` and milliseconds after which to ask again.
 *
 * A server that has just come up, or taken over, may have lost the newest tokens: whoever still has them is given
 * time to bring them before the older ones are used, as file servers leave their clients a grace period.
 */
export const TAKE: string = `${TIME}
local held = redis.pcall('GET', KEYS[1])
if type(held) == 'table' then redis.call('DEL', KEYS[1]) held = false end
if held then return { text(time), '0', text(math.max(redis.call('PTTL', KEYS[1]), 1)) } end
if ARGV[3] == '1' then
  local info = redis.pcall('INFO', 'server')
  local run = type(info) == 'string' and string.match(info, 'run_id:(%w+)')
  if run then
    local known = redis.pcall('GET', KEYS[3])
    local name, since = string.match(type(known) == 'string' and known or '', '^(%w+) (%d+)$')
    if name ~= run then
      since = text(time)
      redis.call('SET', KEYS[3], run .. ' ' .. since, 'PX', ARGV[5])
    end
    local left = tonumber(since) + tonumber(ARGV[4]) - time
    if left > 0 then return { text(time), '0', text(math.min(left, tonumber(ARGV[4]))) } end
  end
end
local fence = redis.pcall('INCR', KEYS[2])
if type(fence) == 'table' then redis.call('SET', KEYS[2], 1) fence = 1 end
redis.call('PEXPIRE', KEYS[2], ARGV[5])
local value = text(fence) .. ' ' .. ARGV[1]
redis.call('SET', KEYS[1], value, 'PX', ARGV[2])
return { text(time), '1', value }
`;

/** KEYS: lease. ARGV: its value, how long it lasts. Answers whether it is still, or again, the asker's. */
export const RENEW: string = `${TIME}
local held = redis.pcall('GET', KEYS[1])
if held and held ~= ARGV[1] then return { text(time), '0' } end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return { text(time), '1' }
`;

/** KEYS: lease. ARGV: its value, the channel, who asks. */
export const RELEASE: string = `${TIME}
if redis.pcall('GET', KEYS[1]) == ARGV[1] then
  redis.call('DEL', KEYS[1])
  redis.pcall('PUBLISH', ARGV[2], 'released ' .. ARGV[3] .. ' ' .. text(time))
end
return { text(time) }
`;
