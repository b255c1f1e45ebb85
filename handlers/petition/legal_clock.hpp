#pragma once
#include <set>
#include <string>
#include <string_view>

#include "handlers/core/local_time.hpp"

namespace harborline::petition {

/// Days on which a term does not end (民法典 203: 法定休假日). They move every year by notice of the State Council, so
/// they are data; an operator who counts weekends among them lists those too.
using Holidays = std::set<core::LocalDate>;

/// 信访工作条例 Art. 23: the person is told in writing that her matter was received, and how it will be handled.
inline constexpr int kNoticeDays = 15;

/// The end of a term of `days` calendar days: the day of receipt is not counted, the last day ends at 24:00 local, and
/// where it is a holiday the term ends with the first day after that is none (民法典 200-203).
core::Instant due_after(core::Instant received, int days, const core::TimeZone& zone, const Holidays& holidays);

/// The last day of such a term as words. 24:00 of 18 March is an instant of 19 March on the wall, and a person who is
/// told "by" a date must hear the 18th.
std::string format_due(core::Instant due, const core::TimeZone& zone, std::string_view language);

}  // namespace harborline::petition
