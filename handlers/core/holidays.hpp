#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "handlers/core/date_span.hpp"
#include "handlers/core/staff.hpp"

namespace harborline::core {

/// One year's public holidays, and the Saturdays and Sundays that are worked for them (调休).
struct HolidayYear {
    std::chrono::year year{};
    bool checked = false;  ///< Whether somebody has compared it with the notice that it comes from.
    std::vector<DateSpan> holidays{};
    std::vector<DateSpan> work_weekends{};
};

/// In order of time, each year once.
using HolidayCalendar = std::vector<HolidayYear>;

/// What stands for them in a roster's cells.
inline constexpr std::string_view kHolidayWord = "holiday";
inline constexpr std::string_view kWorkWeekendWord = "workweekend";

/// The days of all years that a word stands for. None where it is neither word.
std::vector<DateSpan> days_named(const HolidayCalendar& calendar, std::string_view word);

/// The last day of the years that are checked, up to the first that is not or is not there; nothing where none is.
std::optional<LocalDate> known_until(const HolidayCalendar& calendar);

/// How a roster's shifts go by the calendar.
enum class CalendarUse : std::uint8_t {
    kNone,     ///< No shift has the holidays of a whole year.
    kCurrent,  ///< Each that has those of some year has those of all.
    kOld,      ///< One has not: the calendar has changed since the roster was imported.
};
CalendarUse use_of(const HolidayCalendar& calendar, const Roster& roster);

/// As a roster's cell: the word in place of the days that it stands for, and the others as `write_dates` writes them.
std::string write_days(std::vector<DateSpan> spans, const HolidayCalendar& calendar);

}  // namespace harborline::core
