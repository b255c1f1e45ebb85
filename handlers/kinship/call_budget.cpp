#include "handlers/kinship/call_budget.hpp"

namespace harborline::kinship {

core::Instant counted_from(const core::TimeZone& zone, core::Instant now) {
    const auto today = zone.local(now).date;
    return zone.start_of(today.year() / today.month() / std::chrono::day{1});
}

bool may_begin(const std::vector<core::KinCall>& calls, const Budget& budget, const core::TimeZone& zone,
               core::Instant now) {
    const auto today = zone.local(now).date;
    int calls_today = 0;
    std::chrono::seconds talked{};
    for (const auto& call : calls) {
        if (!call.by_child || call.talked <= std::chrono::seconds{0}) continue;
        const auto day = zone.local(call.at).date;
        if (day == today) ++calls_today;
        if (day.year() == today.year() && day.month() == today.month()) talked += call.talked;
    }
    return calls_today < budget.calls_per_day && talked < budget.per_month;
}

}  // namespace harborline::kinship
