-- The transactions of the frontier in Redis (spiders/redis_frontier.py, redis_claims.py). Redis runs each call alone
-- and wholly. ARGV[1] names the transaction, the others are its arguments; lists and rows come as JSON of strings.
--
-- wirecopy:url:<key>         hash        one URL: what its listing told, its state, what its last answer left
-- wirecopy:todo:<queue>      sorted set  keys to fetch now, by the time that the article tells (0 where it tells none);
--                                        a queue is <host>|<publisher>
-- wirecopy:later:<queue>     sorted set  keys that failed for now, by the time when they are due again
-- wirecopy:queues            set         the queues of which either holds something
-- wirecopy:stored            sorted set  keys of stored articles, by their first fetch
-- wirecopy:spool:<corpus>    hash        page rows on their way to that corpus's pages table, by id
-- wirecopy:order:<corpus>    sorted set  their ids, by the time they came
-- wirecopy:domains           hash        which run crawls a domain
-- wirecopy:run:<run>         string      lives as long as the run renews it
-- wirecopy:rest:<domain>     string      lives until the domain, given back, may be asked by another run

local P = 'wirecopy:'
local call = redis.call
local verbs = {}

local function queue_of(h)
  local found = call('HMGET', h, 'host', 'publisher', 'published_at', 'modified_at', 'captured_at')
  return found[1] .. '|' .. found[2], found[3] or found[4] or found[5] or '0'
end

local function dequeue(h, key)
  local queue = queue_of(h)
  call('ZREM', P .. 'todo:' .. queue, key)
  call('ZREM', P .. 'later:' .. queue, key)
  if call('EXISTS', P .. 'todo:' .. queue, P .. 'later:' .. queue) == 0 then
    call('SREM', P .. 'queues', queue)
  end
end

-- Put a URL on its queue, newly or from one of its lists to the other.
local function enqueue(h, key, due)
  local queue, time = queue_of(h)
  call('ZREM', P .. (due and 'todo:' or 'later:') .. queue, key)
  call('ZADD', P .. (due and 'later:' or 'todo:') .. queue, due or time, key)
  call('SADD', P .. 'queues', queue)
end

local function write(h, row)
  local flat = {}
  for name, value in pairs(row) do
    table.insert(flat, name)
    table.insert(flat, value)
  end
  if #flat > 0 then call('HSET', h, unpack(flat)) end
end

-- Give a URL that is still to do what it lacked.
local function gain(h, row)
  for _, name in ipairs({'title', 'authors', 'language'}) do
    if row[name] then call('HSETNX', h, name, row[name]) end
  end
  if row.modified_at then call('HSET', h, 'modified_at', row.modified_at) end
  if row.published_at and call('HSETNX', h, 'published_at', row.published_at) == 1 and row.published_by_what then
    call('HSET', h, 'published_by_what', row.published_by_what)
  end
  local by = call('HGET', h, 'discovered_by')
  if by == 'front' or by == 'sitemap' then call('HSET', h, 'discovered_by', row.discovered_by) end
  local queue, time = queue_of(h)
  call('ZADD', P .. 'todo:' .. queue, 'XX', time, row.key)
end

function verbs.add(rows)
  local new = 0
  for _, row in ipairs(cjson.decode(rows)) do
    local h = P .. 'url:' .. row.key
    local state = call('HGET', h, 'state')
    if not state then
      row.state = 'todo'
      write(h, row)
      enqueue(h, row.key)
      new = new + 1
    elseif state == 'todo' then
      gain(h, row)
    end
  end
  return new
end

local function is_stored(h)
  local found = call('HMGET', h, 'state', 'outcome', 'digest', 'captured_at')
  return found[1] == 'done' and found[3] and not found[4] and (found[2] == 'ok' or found[2] == 'not_modified')
end

-- Return how many of the rows are stored articles, and the keys of those that changed since they were fetched.
function verbs.changed(rows)
  local stored, changed = 0, {}
  for _, row in ipairs(cjson.decode(rows)) do
    local h = P .. 'url:' .. row.key
    if is_stored(h) then
      stored = stored + 1
      local fetched = call('HGET', h, 'fetched_at')
      if fetched and tonumber(row.modified_at) > tonumber(fetched) then table.insert(changed, row.key) end
    end
  end
  return {stored, changed}
end

local function put_back(h, key)
  call('HSET', h, 'state', 'todo', 'tries', '0')
  enqueue(h, key)
end

function verbs.put_back(keys)
  for _, key in ipairs(cjson.decode(keys)) do
    if is_stored(P .. 'url:' .. key) then put_back(P .. 'url:' .. key, key) end
  end
end

-- Look at `count` stored articles that were first fetched `after`; return how many there were.
function verbs.refresh(fetched_before, after, offset, count)
  local keys = call('ZRANGEBYSCORE', P .. 'stored', after, '+inf', 'LIMIT', offset, count)
  for _, key in ipairs(keys) do
    local h = P .. 'url:' .. key
    if is_stored(h) and tonumber(call('HGET', h, 'fetched_at')) <= tonumber(fetched_before) then put_back(h, key) end
  end
  return #keys
end

function verbs.learn(rows)
  for _, row in ipairs(cjson.decode(rows)) do
    local h = P .. 'url:' .. row.key
    local found = call('HMGET', h, 'state', 'digest')
    if not found[1] then
      write(h, row)
    elseif found[1] == 'todo' and not found[2] then
      dequeue(h, row.key)
    end
    if not found[1] or (found[1] == 'todo' and not found[2]) then
      call('HSET', h, 'state', 'done', 'outcome', 'ok', 'digest', 'learnt')
    end
  end
end

-- Return every queue of the publishers that holds anything, now or later.
local function queues_of(publishers)
  local wanted, found = {}, {}
  for _, name in ipairs(cjson.decode(publishers)) do wanted[name] = true end
  for _, queue in ipairs(call('SMEMBERS', P .. 'queues')) do
    if wanted[string.match(queue, '|(.*)$')] then table.insert(found, queue) end
  end
  return found
end

function verbs.left(publishers)
  local left = 0
  for _, queue in ipairs(queues_of(publishers)) do
    left = left + call('ZCARD', P .. 'todo:' .. queue) + call('ZCARD', P .. 'later:' .. queue)
  end
  return left
end

-- The keys of a queue, newest first, with their times; with `since` none that tells an earlier time.
local function newest(queue, since, count)
  if since == '' then
    return call('ZREVRANGE', P .. 'todo:' .. queue, 0, count - 1, 'WITHSCORES')
  end
  local todo = P .. 'todo:' .. queue
  local found = call('ZREVRANGEBYSCORE', todo, '+inf', since, 'WITHSCORES', 'LIMIT', 0, count)
  local undated = #found < 2 * count and call('ZRANGEBYSCORE', todo, 0, 0, 'WITHSCORES', 'LIMIT', 0, count) or {}
  for _, value in ipairs(undated) do table.insert(found, value) end
  return found
end

-- Return the publishers' queues that hold something to fetch now; what is due again comes back first.
function verbs.ready(publishers, since, now)
  local ready = {}
  for _, queue in ipairs(queues_of(publishers)) do
    for _, key in ipairs(call('ZRANGEBYSCORE', P .. 'later:' .. queue, '-inf', now)) do
      enqueue(P .. 'url:' .. key, key)
    end
    if #newest(queue, since, 1) > 0 then table.insert(ready, queue) end
  end
  return ready
end

function verbs.take(queues, since, busy, count)
  local skip, found, tasks = {}, {}, {}
  busy = cjson.decode(busy)
  for _, key in ipairs(busy) do skip[key] = true end
  for _, queue in ipairs(cjson.decode(queues)) do
    local keys = newest(queue, since, count + #busy)
    for i = 1, #keys, 2 do
      if not skip[keys[i]] then table.insert(found, {keys[i], tonumber(keys[i + 1]), queue}) end
    end
  end
  table.sort(found, function(a, b) return a[2] > b[2] or (a[2] == b[2] and a[1] < b[1]) end)
  for i = 1, math.min(#found, tonumber(count)) do
    table.insert(tasks, {found[i][1], found[i][3], call('HGETALL', P .. 'url:' .. found[i][1])})
  end
  return tasks
end

-- Forget a URL that makes no sense.
function verbs.drop(queue, key)
  call('ZREM', P .. 'todo:' .. queue, key)
  call('DEL', P .. 'url:' .. key)
  if call('EXISTS', P .. 'todo:' .. queue, P .. 'later:' .. queue) == 0 then call('SREM', P .. 'queues', queue) end
end

local function spool(corpus, now, id, row)
  if row ~= '' and call('HSETNX', P .. 'spool:' .. corpus, id, row) == 1 then
    call('ZADD', P .. 'order:' .. corpus, now, id)
  end
end

-- Set what the answer left; a fact that is missing leaves the older one, but for the reason.
local function set(h, outcome, facts, now)
  call('HDEL', h, 'reason')
  write(h, facts)
  call('HSETNX', h, 'first_fetched_at', now)
  call('HSET', h, 'state', 'done', 'outcome', outcome, 'fetched_at', now)
end

local function note_stored(h, key)
  if is_stored(h) then
    local first = call('HGET', h, 'first_fetched_at')
    if first then call('ZADD', P .. 'stored', first, key) end
  end
end

-- End a URL with its outcome and its page row; return the true outcome. Only what is still to do can be ended: another
-- process may have taken over the host of one that was thought dead. The same call sent twice answers the same.
function verbs.finish(ending, row, twin_row)
  local e = cjson.decode(ending)
  local h = P .. 'url:' .. e.key
  local known = call('HMGET', h, 'state', 'outcome', 'ended', 'digest')
  if known[1] ~= 'todo' then return known[3] == e.token and known[2] or 'known' end
  local outcome, id = e.outcome, e.id
  local twin = e.twin_key and P .. 'url:' .. e.twin_key
  if outcome == 'ok' and e.digest and known[4] == e.digest then
    outcome, row = 'not_modified', ''
  elseif twin and call('HGET', twin, 'digest') then
    outcome, row, id = 'twin', twin_row, e.twin_id
  end
  spool(e.corpus, e.now, id, row)
  set(h, outcome, e.facts, e.now)
  call('HSET', h, 'ended', e.token)
  dequeue(h, e.key)
  if outcome == 'ok' and twin then
    if call('HGET', twin, 'state') == 'todo' then dequeue(twin, e.twin_key) end
    write(twin, e.twin)
    local first = call('HGET', h, 'first_fetched_at')
    call('HSET', twin, 'state', 'done', 'outcome', 'ok', 'digest', e.digest, 'first_fetched_at', first, 'fetched_at', e.now)
    note_stored(twin, e.twin_key)
  elseif outcome == 'ok' then
    call('HSET', h, 'digest', e.digest)
  end
  note_stored(h, e.key)
  return outcome
end

-- Note a failure that may pass; due is empty where it was the last try.
function verbs.postpone(ending, row)
  local e = cjson.decode(ending)
  local h = P .. 'url:' .. e.key
  local known = call('HMGET', h, 'state', 'digest', 'ended')
  if known[1] ~= 'todo' or known[3] == e.token then return end
  spool(e.corpus, e.now, e.id, row)
  call('HDEL', h, 'reason')
  write(h, e.facts)
  call('HSET', h, 'outcome', e.outcome, 'tries', e.tries, 'ended', e.token)
  if e.due then
    enqueue(h, e.key, e.due)
  else
    call('HSET', h, 'state', known[2] and 'done' or 'failed')
    dequeue(h, e.key)
  end
end

-- Return [id, row] of waiting page rows, oldest first.
function verbs.waiting(corpus, rows, bytes)
  local found, total = {}, 0
  for _, id in ipairs(call('ZRANGE', P .. 'order:' .. corpus, 0, rows - 1)) do
    local row = call('HGET', P .. 'spool:' .. corpus, id) or ''
    table.insert(found, {id, row})
    total = total + #row
    if total >= tonumber(bytes) then break end
  end
  return found
end

function verbs.forget(corpus, ids)
  for _, id in ipairs(cjson.decode(ids)) do
    call('ZREM', P .. 'order:' .. corpus, id)
    call('HDEL', P .. 'spool:' .. corpus, id)
  end
end

-- Make the domain the run's own, if it rests no more and no living run has it; a lapsed run's only with `take_over` 1.
function verbs.claim(domain, run, take_over)
  if call('EXISTS', P .. 'run:' .. run) == 0 then return 0 end
  local owner = call('HGET', P .. 'domains', domain)
  if owner == run then return 1 end
  if owner and (take_over ~= '1' or call('EXISTS', P .. 'run:' .. owner) == 1) then return 0 end
  local rests = call('GET', P .. 'rest:' .. domain)
  if rests and rests ~= run then return 0 end
  call('HSET', P .. 'domains', domain, run)
  return 1
end

function verbs.release(domain, run, milliseconds)
  if call('HGET', P .. 'domains', domain) ~= run then return end
  call('HDEL', P .. 'domains', domain)
  if tonumber(milliseconds) > 0 then call('SET', P .. 'rest:' .. domain, run, 'PX', milliseconds) end
end

-- Live on for so long; return 0 where the run had lapsed, so that others may have its hosts by now.
function verbs.renew(run, milliseconds)
  local alive = call('EXISTS', P .. 'run:' .. run)
  call('SET', P .. 'run:' .. run, '1', 'PX', milliseconds)
  return alive
end

return verbs[ARGV[1]](unpack(ARGV, 2))
