#pragma once
#include "handlers/core/family.hpp"
#include "handlers/core/local_time.hpp"
#include "handlers/core/time.hpp"

namespace harborline::kinship {

using core::Nudge;
using core::WeeklyContact;

/// When in a week families are reminded, and after how many whole weeks of silence others than the parents are told.
struct WeeklyRules {
    int weekday = 4;         ///< 0 Monday … 6 Sunday.
    int from_min = 18 * 60;  ///< Of that day; on the days behind it from 8 o'clock on. Never from 20 o'clock on.
    int carer_after = 2;
    int caseworker_after = 4;
};

/// Whether relatives have talked long enough for the weekly contact: a minute, whoever wanted the call.
bool is_contact(const core::KinCall& call);

/// Whether words that arrived one way and the other are contact: where no more than a week lies between them.
bool is_exchange(core::Instant one_way, core::Instant other_way);

/// Whether anybody is reminded at this hour.
bool is_hour(const WeeklyRules& rules, const core::LocalTime& local);
/// When to look again: an hour later, or in the first minute in which somebody may be reminded after that.
core::LocalTime next_look(const WeeklyRules& rules, const core::LocalTime& local);

/// Whom to remind now (domain rules 4.2): at most one a week, at an hour for it, and only in a week without contact.
/// The carer once, a caseworker once, and a parent in the other weeks; nobody once a caseworker has it in hand.
Nudge due_nudge(const WeeklyContact& contact, const WeeklyRules& rules, const core::LocalTime& local);

}  // namespace harborline::kinship
