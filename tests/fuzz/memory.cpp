// A conversation's stored state; and one with any content.
#include "gateway/conversation/memory.hpp"

#include "tests/fuzz/target.hpp"

namespace harborline::fuzz {
namespace {

using gateway::Memory;

bool same(const Memory& a, const Memory& b) {
    return a.flow == b.flow && a.habits == b.habits && a.about == b.about && a.answered_at == b.answered_at &&
           a.lapse_is_set == b.lapse_is_set && a.held == b.held && a.empty == b.empty;
}

std::int64_t number(Draw& draw) {
    std::uint64_t value = 0;
    for (int byte = 0; byte < 8; ++byte) value = value << 8U | draw.byte();
    return static_cast<std::int64_t>(value);
}

Memory any(Draw draw) {
    Memory memory{.about = core::CaseId{number(draw)}};
    if (const auto millis = number(draw); millis != 0) memory.answered_at = core::from_millis(millis);
    memory.lapse_is_set = draw.below(2) == 1;
    memory.flow.last_key = static_cast<char>(draw.byte());
    memory.flow.misses = draw.byte();
    memory.flow.flow = draw.take(draw.below(20));
    memory.flow.saved.set(draw.take(draw.below(20)), draw.take(draw.byte()));
    for (auto left = draw.below(9); left > 0; --left) memory.flow.trail.emplace_back(draw.take(draw.below(20)));
    memory.flow.visits.emplace_back(draw.take(draw.below(20)), draw.byte());
    memory.held = draw.rest();
    return memory;
}

}  // namespace

void try_input(std::string_view input) {
    if (const auto memory = gateway::decode_memory(input)) {
        const auto again = gateway::decode_memory(gateway::encode(*memory));
        require(again.has_value() && same(*again, *memory), "what was read survives a restart");
    }
    const Memory memory = any(Draw{input});
    const auto again = gateway::decode_memory(gateway::encode(memory));
    require(again.has_value() && same(*again, memory), "a memory survives a restart");
}

}  // namespace harborline::fuzz
