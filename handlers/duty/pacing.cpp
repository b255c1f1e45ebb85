#include "handlers/duty/pacing.hpp"

#include <algorithm>

namespace harborline::duty {

namespace {

std::chrono::minutes minutes_until(int minute_of_day, int minute) {
    constexpr int kDay = 24 * 60;
    return std::chrono::minutes{(minute_of_day - minute + kDay - 1) % kDay + 1};
}

}  // namespace

core::Instant tell_at(const core::Page& page, const core::StaffMember& member, const std::vector<core::Page>& pages,
                      const Pace& pace, const core::LocalTime& local, core::Instant now) {
    if (page.level == core::Level::kRed) return now;
    if (!page.alert && !member.night && pace.night.holds(local.minute))
        return std::chrono::floor<std::chrono::minutes>(now) + minutes_until(pace.night.to_min, local.minute);
    core::Instant at = now;
    for (const auto& other : pages) {
        const bool counts = other.told && other.level != core::Level::kRed && other.level >= page.level;
        if (!counts || other.id == page.id || other.sent_at > now) continue;
        at = std::max<core::Instant>(at, other.sent_at + pace.bundle);
    }
    return at;
}

Bundle bundle_of(const std::vector<core::Page>& waiting) {
    Bundle bundle;
    for (const auto& page : waiting) {
        bundle.level = std::max(bundle.level, page.level);
        bundle.codes.push_back(page.code);
    }
    std::ranges::sort(bundle.codes);
    return bundle;
}

}  // namespace harborline::duty
