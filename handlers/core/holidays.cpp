#include "handlers/core/holidays.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace harborline::core {

namespace {

using Days = std::vector<DateSpan> HolidayYear::*;

constexpr std::array<std::pair<std::string_view, Days>, 2> kWords{
    {{kHolidayWord, &HolidayYear::holidays}, {kWorkWeekendWord, &HolidayYear::work_weekends}}};

bool has_all(const std::vector<DateSpan>& spans, const std::vector<DateSpan>& days) {
    return !days.empty() &&
           std::ranges::all_of(days, [&](const DateSpan& day) { return std::ranges::find(spans, day) != spans.end(); });
}

CalendarUse use_of(const HolidayCalendar& calendar, const std::vector<DateSpan>& spans) {
    auto use = CalendarUse::kNone;
    for (const auto& [word, days] : kWords) {
        const auto in_full = [&spans, days = days](const HolidayYear& year) { return has_all(spans, year.*days); };
        if (std::ranges::none_of(calendar, in_full)) continue;
        const bool whole = has_all(spans, days_named(calendar, word));
        use = std::max(use, whole ? CalendarUse::kCurrent : CalendarUse::kOld);
    }
    return use;
}

}  // namespace

std::vector<DateSpan> days_named(const HolidayCalendar& calendar, std::string_view word) {
    std::vector<DateSpan> named;
    for (const auto& [known, days] : kWords)
        if (known == word)
            for (const auto& year : calendar) named.insert(named.end(), (year.*days).begin(), (year.*days).end());
    return named;
}

std::optional<LocalDate> known_until(const HolidayCalendar& calendar) {
    std::optional<LocalDate> until;
    for (const auto& year : calendar) {
        const bool follows = !until || year.year == until->year() + std::chrono::years{1};
        if (!year.checked || !follows) break;
        until = LocalDate{year.year, std::chrono::December, std::chrono::day{31}};
    }
    return until;
}

CalendarUse use_of(const HolidayCalendar& calendar, const Roster& roster) {
    auto use = CalendarUse::kNone;
    for (const auto& shift : roster.shifts)
        use = std::max({use, use_of(calendar, shift.on), use_of(calendar, shift.off)});
    return use;
}

std::string write_days(std::vector<DateSpan> spans, const HolidayCalendar& calendar) {
    std::string written;
    for (const auto& [word, days] : kWords) {
        const auto named = days_named(calendar, word);
        if (!has_all(spans, named)) continue;
        written.append(written.empty() ? "" : " ").append(word);
        std::erase_if(spans, [&](const DateSpan& span) { return std::ranges::find(named, span) != named.end(); });
    }
    const auto dates = write_dates(spans);
    return dates.empty() || written.empty() ? written + dates : written + " " + dates;
}

}  // namespace harborline::core
