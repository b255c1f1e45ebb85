#include "handlers/kinship/weekly.hpp"

#include <chrono>

namespace harborline::kinship {
namespace {

constexpr std::chrono::seconds kContact{60};
constexpr int kFriday = 4;
constexpr int kFromMin = 8 * 60;
constexpr int kToMin = 20 * 60;
constexpr int kCarerAfter = 2;
constexpr int kCaseworkerAfter = 4;

/// From the week of one day to that of the other. Weeks begin on Monday.
int weeks_between(core::LocalDate earlier, core::LocalDate later) {
    const auto monday_of = [](core::LocalDate date) {
        const std::chrono::local_days day{date};
        return day - (std::chrono::weekday{day} - std::chrono::Monday);
    };
    return static_cast<int>((monday_of(later) - monday_of(earlier)).count() / 7);
}

}  // namespace

bool is_contact(const core::KinCall& call) {
    return call.talked >= kContact;
}

Nudge due_nudge(const WeeklyContact& contact, const core::LocalTime& local) {
    if (local.weekday < kFriday || local.minute < kFromMin || local.minute >= kToMin) return Nudge::kNone;
    const int weeks = weeks_between(contact.last, local.date);
    // A nudge that lies ahead was before the clock was set back.
    const bool nudged = contact.nudged_on.ok() && weeks_between(contact.nudged_on, local.date) <= 0;
    if (weeks <= 0 || nudged || contact.nudged == Nudge::kCaseworker) return Nudge::kNone;
    const int silent = weeks - 1;
    if (silent >= kCaseworkerAfter) return Nudge::kCaseworker;
    if (silent >= kCarerAfter && contact.nudged < Nudge::kCarer) return Nudge::kCarer;
    return Nudge::kParent;
}

}  // namespace harborline::kinship
