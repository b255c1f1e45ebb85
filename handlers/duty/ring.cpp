#include "handlers/duty/ring.hpp"

#include <algorithm>
#include <cstddef>

namespace harborline::duty {
namespace {

constexpr std::size_t kAtOnceForRed = 3;
/// She waits in danger: so many rounds of ringing, and no more.
constexpr std::size_t kRounds = 3;

/// Null where she can not be rung, or was.
const core::StaffMember* left_to_ring(core::StaffId id, const core::Roster& roster, const Passed& passed) {
    const auto member = std::ranges::find(roster.staff, id, &core::StaffMember::id);
    if (member == roster.staff.end() || !member->phone.is_subscriber() || member->phone == passed.caller)
        return nullptr;
    return std::ranges::find(passed.rung, id) == passed.rung.end() ? &*member : nullptr;
}

}  // namespace

std::vector<core::StaffMember> next_to_ring(const Ladder& ladder, core::Level level, const Watch& watch,
                                            const Passed& passed) {
    const std::size_t at_once = level == core::Level::kRed ? kAtOnceForRed : 1;
    const std::size_t in_all = at_once * kRounds;
    std::vector<core::StaffMember> ringing;
    for (const auto& step : ladder.steps) {
        if (step.role == core::Role::kAdministrator) continue;
        for (const core::StaffId id : step_holders(step.role, level, watch)) {
            if (ringing.size() == at_once || passed.rung.size() + ringing.size() >= in_all) break;
            if (const auto* member = left_to_ring(id, watch.roster, passed)) ringing.push_back(*member);
        }
        if (!ringing.empty()) break;
    }
    return ringing;
}

}  // namespace harborline::duty
