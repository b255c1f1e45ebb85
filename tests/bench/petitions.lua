-- wrk plays petitions as Kannel delivers them: request i comes from handset i mod 10,000, which is at step i / 10,000 of
-- its petition. Every request has an id of its own. The id's first part comes from the environment, so that no run
-- repeats another's.
local HANDSETS = 10000
local run = os.getenv("BENCH_RUN") or "0"
local first = tonumber(os.getenv("BENCH_FIRST") or "0")
local path = os.getenv("BENCH_PATH") .. "?id=" .. run .. "-"

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

local steps = {
    "你好", "2", "1", "2", "1", "2",
    "我家三亩口粮地被村里收走了，说我是出嫁女，不给补偿，去年十月找过村委会两回，每次都说研究研究，到现在也没有给我一个回音",
    "承包合同是二轮延包时签的，写的是我父亲的名字，我的户口一直没有迁走，村里分红也没有我的份，孩子上学的补助同样没有领到",
    "我想要回承包地，或者按人头给我们娘俩补偿款，请妇联帮忙问一问镇上，该找哪个部门，需要带什么材料，最好能有人陪我去一趟",
    "1", "2",
}
local bodies = {}
for at, text in ipairs(steps) do bodies[at] = wide(text) end

local headers = {
    ["Content-Type"] = 'text/plain; charset="UTF-16BE"',
    ["User-Agent"] = "Kannel/1.4.5",
    ["X-Kannel-To"] = "10639000",
    ["X-Kannel-SMSC"] = "trial",
    ["X-Kannel-Coding"] = "2",
    ["X-Kannel-Service"] = "default",
}

local i = first - 1
function request()
    i = i + 1
    headers["X-Kannel-From"] = string.format("+8619900%06d", i % HANDSETS)
    local step = math.floor(i / HANDSETS) % #bodies + 1
    return wrk.format("POST", path .. i, headers, bodies[step])
end

-- One line of figures that bench.py reads.
function done(summary, latency)
    local errors = summary.errors
    io.write(string.format("figures rps=%.1f p50_us=%d p99_us=%d requests=%d bad=%d\n",
        summary.requests / (summary.duration / 1e6), latency:percentile(50), latency:percentile(99),
        summary.requests, errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
