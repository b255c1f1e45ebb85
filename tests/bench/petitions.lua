-- wrk plays petitions as Kannel delivers them: in every round of 10,000 requests each handset sends its next text, in an
-- order drawn from the round's number (as handset_order.hpp has it), and begins in the round that its own number names, so
-- that at any time all steps of a petition are under way (as petition_requests.hpp has it). Every request has an id of its own, which
-- begins at random as Kannel's do and holds the run's name, so that no run repeats another's.
local HANDSETS = 10000
local run = os.getenv("BENCH_RUN") or "0"
local path = os.getenv("BENCH_PATH") .. "?id="

-- UTF-8 as phones send it: UTF-16BE (the texts here have no character beyond U+FFFF).
local function wide(text)
    local out = {}
    local at = 1
    while at <= #text do
        local lead = text:byte(at)
        local length = lead < 0x80 and 1 or lead < 0xE0 and 2 or 3
        local code = length == 1 and lead or length == 2 and lead % 32 or lead % 16
        for follow = at + 1, at + length - 1 do code = code * 64 + text:byte(follow) % 64 end
        out[#out + 1] = string.char(math.floor(code / 256), code % 256)
        at = at + length
    end
    return table.concat(out)
end

local bodies = {}
for text in io.lines(os.getenv("BENCH_TEXTS")) do bodies[#bodies + 1] = wide(text) end

-- The generator of std::minstd_rand0, exact in doubles.
local function shuffled(round)
    local order = {}
    for at = 0, HANDSETS - 1 do order[at] = at end
    local drawn = round + 1
    for last = HANDSETS - 1, 1, -1 do
        drawn = drawn * 16807 % 2147483647
        local other = drawn % (last + 1)
        order[last], order[other] = order[other], order[last]
    end
    return order
end

local headers = {
    ["Content-Type"] = 'text/plain; charset="UTF-16BE"',
    ["User-Agent"] = "Kannel/1.4.5",
    ["X-Kannel-To"] = "10639000",
    ["X-Kannel-SMSC"] = "trial",
    ["X-Kannel-Coding"] = "2",
    ["X-Kannel-Service"] = "default",
}

position = tonumber(os.getenv("BENCH_FIRST") or "0")
local round = -1
local order
local function step_and_handset()
    if math.floor(position / HANDSETS) ~= round then
        round = math.floor(position / HANDSETS)
        order = shuffled(round)
    end
    local handset = order[position % HANDSETS]
    return round - handset % #bodies, handset
end

local asked = false
function request()
    local step, handset = step_and_handset()
    while step < 0 do
        position = position + 1
        step, handset = step_and_handset()
    end
    headers["X-Kannel-From"] = string.format("+8619901%06d", handset)
    local id = string.format("%08x-%s-%d", position * 2654435761 % 4294967296, run, position)
    -- The first request is one that wrk only looks at and does not send.
    if asked then position = position + 1 end
    asked = true
    return wrk.format("POST", path .. id, headers, bodies[step % #bodies + 1])
end

local threads = {}
function setup(thread) threads[1] = thread end

-- One line of figures that the benchmark reads. `next` is where the next run goes on.
function done(summary, latency)
    local errors = summary.errors
    io.write(string.format("figures rps=%.1f p50_us=%d p99_us=%d requests=%d next=%d bad=%d\n",
        summary.requests / (summary.duration / 1e6), latency:percentile(50), latency:percentile(99),
        summary.requests, threads[1]:get("position"),
        errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
