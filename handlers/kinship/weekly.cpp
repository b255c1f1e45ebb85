#include "handlers/kinship/weekly.hpp"

#include <algorithm>
#include <chrono>

namespace harborline::kinship {
namespace {

constexpr std::chrono::seconds kContact{60};
constexpr int kFromMin = 8 * 60;
constexpr int kToMin = 20 * 60;
constexpr int kAnHour = 60;
constexpr int kDaysOfWeek = 7;

/// From the week of one day to that of the other. Weeks begin on Monday.
int weeks_between(core::LocalDate earlier, core::LocalDate later) {
    const auto monday_of = [](core::LocalDate date) {
        const std::chrono::local_days day{date};
        return day - (std::chrono::weekday{day} - std::chrono::Monday);
    };
    return static_cast<int>((monday_of(later) - monday_of(earlier)).count() / kDaysOfWeek);
}

/// The first minute of a day in which somebody may be reminded; none on the days before the weekday.
int opening_of(const WeeklyRules& rules, int weekday) {
    if (weekday < rules.weekday) return kToMin;
    return weekday == rules.weekday ? std::max(rules.from_min, kFromMin) : kFromMin;
}

core::LocalTime day_after(const core::LocalTime& local) {
    return {.date = core::LocalDate{std::chrono::local_days{local.date} + std::chrono::days{1}},
            .weekday = (local.weekday + 1) % kDaysOfWeek};
}

}  // namespace

bool is_contact(const core::KinCall& call) {
    return call.talked >= kContact;
}

bool is_exchange(core::Instant one_way, core::Instant other_way) {
    return std::chrono::abs(one_way - other_way) <= std::chrono::days{kDaysOfWeek};
}

bool is_hour(const WeeklyRules& rules, const core::LocalTime& local) {
    return local.minute >= opening_of(rules, local.weekday) && local.minute < kToMin;
}

core::LocalTime next_look(const WeeklyRules& rules, const core::LocalTime& local) {
    core::LocalTime next = local;
    next.minute = std::max(opening_of(rules, local.weekday), is_hour(rules, local) ? local.minute + kAnHour : 0);
    if (local.minute < next.minute && is_hour(rules, next)) return next;
    next = day_after(local);
    while (opening_of(rules, next.weekday) >= kToMin) next = day_after(next);
    next.minute = opening_of(rules, next.weekday);
    return next;
}

Nudge due_nudge(const WeeklyContact& contact, const WeeklyRules& rules, const core::LocalTime& local) {
    if (!is_hour(rules, local)) return Nudge::kNone;
    const int weeks = weeks_between(contact.last, local.date);
    // A nudge that lies ahead was before the clock was set back.
    const bool nudged = contact.nudged_on.ok() && weeks_between(contact.nudged_on, local.date) <= 0;
    if (weeks <= 0 || nudged || contact.nudged == Nudge::kCaseworker) return Nudge::kNone;
    const int silent = weeks - 1;
    if (silent >= rules.caseworker_after) return Nudge::kCaseworker;
    if (silent >= rules.carer_after && contact.nudged < Nudge::kCarer) return Nudge::kCarer;
    return Nudge::kParent;
}

}  // namespace harborline::kinship
