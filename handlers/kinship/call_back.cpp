#include "handlers/kinship/call_back.hpp"

#include <algorithm>

namespace harborline::kinship {

bool may_call_back(const CallBacks& before, int per_day, const core::TimeZone& zone, core::Instant now) {
    const auto today = zone.local(now).date;
    const auto count = std::ranges::count_if(before.at, [&](core::Instant at) { return zone.local(at).date == today; });
    return !before.in_vain && count < per_day;
}

void note_call_back(CallBacks& before, const core::TimeZone& zone, core::Instant now) {
    const auto today = zone.local(now).date;
    std::erase_if(before.at, [&](core::Instant at) { return zone.local(at).date != today; });
    before.at.push_back(now);
    before.in_vain = false;
}

}  // namespace harborline::kinship
