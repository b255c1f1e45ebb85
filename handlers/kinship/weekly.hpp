#pragma once
#include <cstdint>

#include "handlers/core/family.hpp"
#include "handlers/core/local_time.hpp"
#include "handlers/core/time.hpp"

namespace harborline::kinship {

/// Who is reminded that a family has been silent. In the order in which a silence climbs.
enum class Nudge : std::uint8_t {
    kNone,
    kParent,
    kCarer,
    kCaseworker,  ///< Calls the family, and then has it in hand.
};

/// Whether relatives have talked long enough for the weekly contact: a minute, whoever wanted the call.
bool is_contact(const core::KinCall& call);

/// What is known of a child's weekly contact (未成年人保护法 23). Families use more than this line: whoever has been
/// silent here has not neglected anybody.
struct WeeklyContact {
    core::LocalDate last{};  ///< A talk, words both ways, or "we talked"; before the first: when the line was opened.
    Nudge nudged = Nudge::kNone;  ///< The farthest since then,
    core::MaybeDate nudged_on{};  ///< and the day of the latest.
};

/// Whom to remind now (domain rules 4.2): at most one a week, from its Friday on, between 8 and 20 o'clock, and only in
/// a week without contact. The carer once, after two whole weeks of silence, a caseworker once, after four, and a
/// parent in the others.
Nudge due_nudge(const WeeklyContact& contact, const core::LocalTime& local);

}  // namespace harborline::kinship
