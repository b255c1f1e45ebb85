#include "handlers/core/flow_state.hpp"

#include "handlers/core/compact.hpp"

namespace harborline::core {
namespace {

constexpr char kVersion = 1;
constexpr std::uint8_t kResuming = 1;
constexpr std::uint8_t kSilent = 2;
constexpr std::uint8_t kTelling = 4;
constexpr std::uint8_t kQuiet = 8;  ///< One more byte: how often.
constexpr std::size_t kTrailMax = 8;
constexpr std::size_t kUsualBytes = 512;
constexpr std::size_t kRoom = 4;  ///< For the answers of the turn that is about to come.

void read_fields(CompactReader& in, Fields& out) {
    const std::size_t count = in.number();
    out.reserve(in.at_most(count) + kRoom);
    for (std::size_t left = count; left > 0 && in.ok(); --left) {
        const std::string_view name = in.text();
        const std::string_view value = in.text();
        if (out.has(name)) in.fail();
        if (in.ok()) out.set(name, value);
    }
}

void read_trail(CompactReader& in, std::vector<std::string>& out) {
    const std::size_t count = in.number();
    if (count > kTrailMax) in.fail();
    while (in.ok() && out.size() < count) out.emplace_back(in.text());
}

void read_visits(CompactReader& in, std::vector<std::pair<std::string, std::uint8_t>>& out) {
    for (std::size_t left = in.number(); left > 0 && in.ok(); --left) {
        const std::string_view step = in.text();
        const std::uint8_t times = in.byte();
        out.emplace_back(step, times);
    }
}

}  // namespace

std::string encode(const FlowState& state) {
    CompactWriter out{kUsualBytes};
    out.byte(static_cast<std::uint8_t>(kVersion));
    out.byte(static_cast<std::uint8_t>((state.resuming ? kResuming : 0) | (state.silent ? kSilent : 0) |
                                       (state.telling ? kTelling : 0) | (state.quiet != 0 ? kQuiet : 0)));
    if (state.quiet != 0) out.byte(state.quiet);
    out.byte(state.misses);
    out.byte(static_cast<std::uint8_t>(state.last_key));
    out.byte(state.parts);
    out.text(state.flow);
    out.text(state.step);
    out.text(state.then);
    out.text(state.then_answer);
    out.number(state.saved.entries().size());
    for (const auto& [name, value] : state.saved.entries()) {
        out.text(name);
        out.text(value);
    }
    out.number(state.trail.size());
    for (const auto& step : state.trail) out.text(step);
    out.number(state.visits.size());
    for (const auto& [step, times] : state.visits) {
        out.text(step);
        out.byte(times);
    }
    return out.take();
}

Result<FlowState> decode_flow_state(std::string_view bytes) {
    CompactReader in{bytes};
    FlowState state;
    const bool known = in.byte() == static_cast<std::uint8_t>(kVersion);
    const std::uint8_t flags = in.byte();
    if (!known || (flags & ~(kResuming | kSilent | kTelling | kQuiet)) != 0) in.fail();
    state.resuming = (flags & kResuming) != 0;
    state.silent = (flags & kSilent) != 0;
    state.telling = (flags & kTelling) != 0;
    if ((flags & kQuiet) != 0) {
        state.quiet = in.byte();
        if (state.quiet == 0) in.fail();
    }
    state.misses = in.byte();
    state.last_key = static_cast<char>(in.byte());
    state.parts = in.byte();
    state.flow = in.text();
    state.step = in.text();
    state.then = in.text();
    state.then_answer = in.text();
    read_fields(in, state.saved);
    read_trail(in, state.trail);
    read_visits(in, state.visits);
    if (!in.at_end()) return Error{ErrorKind::kMalformed, "a stored conversation state can not be read"};
    return state;
}

}  // namespace harborline::core
