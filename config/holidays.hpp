#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "handlers/core/finding.hpp"
#include "handlers/core/holidays.hpp"
#include "handlers/core/time.hpp"

namespace harborline::config {

/// Reads one year's file (config/holidays says how it is written). Every problem is added to `findings` with its line:
/// a missing or unknown key, days that are none or of another year, a worked day that is no weekend, a day twice. Days
/// in December before the year are part of its 元旦. Nothing where the year itself can not be read.
std::optional<core::HolidayYear> read_holidays(std::string_view toml, const std::string& file,
                                               core::Findings& findings);

/// A warning where the calendar knows less than sixty days from `today` on; nothing where there is no calendar at all.
std::optional<core::Finding> calendar_ends(const core::HolidayCalendar& calendar, const std::string& folder,
                                           core::LocalDate today);

}  // namespace harborline::config
