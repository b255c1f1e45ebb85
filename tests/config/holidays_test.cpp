#include "config/holidays.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>

#include "config/files.hpp"

namespace harborline::config {
namespace {

using core::CalendarUse;
using core::HolidayCalendar;
using core::HolidayYear;
using core::LocalDate;

constexpr auto kOneYear = R"(year = 2026
source = "the notice"
verified_on = 2026-11-30

[[holiday]]
name = "元旦"
days = "2025-12-31..2026-01-03"
work = "2026-01-04"
)";

std::vector<core::DateSpan> days(std::string_view written) {
    return core::read_dates(written).value();
}
LocalDate date(std::string_view written) {
    return days(written).front().first;
}

std::string found_in(std::string_view toml) {
    core::Findings findings;
    read_holidays(toml, "2026.toml", findings);
    std::string all;
    for (const auto& finding : findings) all += std::to_string(finding.line) + ": " + finding.message + "\n";
    return all;
}
std::string found_with(std::string_view written, std::string_view becomes) {
    std::string toml = kOneYear;
    return found_in(toml.replace(toml.find(written), written.size(), becomes));
}

HolidayCalendar shipped_calendar() {
    HolidayCalendar calendar;
    core::Findings findings;
    const auto folder = std::filesystem::path{HARBORLINE_SOURCE_DIR} / "config" / "holidays";
    for (const auto& file : toml_files(folder).value())
        if (auto year = read_holidays(read_text_file(file).value(), file.string(), findings))
            calendar.push_back(std::move(*year));
    EXPECT_TRUE(findings.empty()) << findings.front().message;
    return calendar;
}

HolidayYear year(int number, bool verified, std::string_view holidays, std::string_view work = "") {
    return {.year = std::chrono::year{number},
            .checked = verified,
            .holidays = days(holidays),
            .work_weekends = days(work)};
}

core::Roster with_off(std::string_view written) {
    return {.shifts = {{.off = days(written)}}};
}

TEST(Holidays, AYearIsReadWithItsDays) {
    core::Findings findings;
    const auto read = read_holidays(kOneYear, "2026.toml", findings);

    ASSERT_TRUE(read) << findings.front().message;
    EXPECT_TRUE(findings.empty());
    EXPECT_EQ(read->year, std::chrono::year{2026});
    EXPECT_TRUE(read->checked);
    EXPECT_EQ(core::write_dates(read->holidays), "2025-12-31..2026-01-03");
    EXPECT_EQ(core::write_dates(read->work_weekends), "2026-01-04");
}

struct HolidayFault {
    std::string name{};
    std::string written{};
    std::string becomes{};
    std::string finding{};
};

class HolidayFaultTest : public ::testing::TestWithParam<HolidayFault> {};

TEST_P(HolidayFaultTest, NamesItsLine) {
    const auto found = found_with(GetParam().written, GetParam().becomes);

    EXPECT_EQ(found.substr(0, GetParam().finding.size()), GetParam().finding);
    EXPECT_EQ(std::ranges::count(found, '\n'), 1) << found;
}

INSTANTIATE_TEST_SUITE_P(
    Holidays, HolidayFaultTest,
    ::testing::Values(HolidayFault{"NoYear", "year = 2026", "", "1: needs year"},
                      HolidayFault{"YearInQuotes", "2026\n", "\"2026\"\n", "1: needs year"},
                      HolidayFault{"NoSource", "source = \"the notice\"", "", "1: needs source"},
                      HolidayFault{"VerifiedInQuotes", "2026-11-30", "\"2026-11-30\"", "3: has year, source"},
                      HolidayFault{"UnknownKey", "work", "worked", "8: a holiday has name, days and work"},
                      HolidayFault{"NoName", "name = \"元旦\"", "", "5: a holiday needs its name"},
                      HolidayFault{"NoDays", "days = \"2025-12-31..2026-01-03\"", "", "5: a holiday needs days"},
                      HolidayFault{"NoDate", "2025-12-31..2026-01-03", "new year", "7: must be days"},
                      HolidayFault{"EndsBeforeItBegins", "2025-12-31..2026-01-03", "2026-01-03..2026-01-01",
                                   "7: must be days"},
                      HolidayFault{"OfAnotherYear", "2025-12-31..2026-01-03", "2027-01-01", "7: a day is of another"},
                      HolidayFault{"LongBefore", "2025-12-31", "2025-11-30", "7: a day is of another"},
                      HolidayFault{"WorkOnAMonday", "2026-01-04", "2026-01-05", "8: work is on a Saturday"},
                      HolidayFault{"WorkAndHoliday", "\"2026-01-04\"", "\"2026-01-03\"", "8: a day stands here twice"},
                      HolidayFault{"NoToml", "[[holiday]]", "[[holiday]", "5: not valid TOML"}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(Holidays, TheShippedYearsAreReadAndOnlyWhatWasComparedWithTheNoticeCounts) {
    const auto calendar = shipped_calendar();

    ASSERT_EQ(calendar.size(), 2U);
    EXPECT_EQ(core::known_until(calendar), date("2026-12-31"));
    EXPECT_TRUE(core::holds(calendar[0].holidays, date("2026-02-23")));
    EXPECT_FALSE(core::holds(calendar[0].holidays, date("2026-02-24")));
    EXPECT_EQ(core::write_dates(calendar[0].work_weekends),
              "2026-01-04 2026-02-14 2026-02-28 2026-05-09 2026-09-20 2026-10-10");
    EXPECT_TRUE(core::holds(calendar[1].holidays, date("2027-02-06")));
    EXPECT_TRUE(calendar[1].work_weekends.empty());
}

TEST(Holidays, WhatIsKnownEndsAtTheFirstYearThatIsNotCheckedOrNotThere) {
    EXPECT_EQ(core::known_until({}), std::nullopt);
    EXPECT_EQ(core::known_until({year(2026, false, "2026-01-01")}), std::nullopt);
    EXPECT_EQ(core::known_until({year(2026, true, ""), year(2027, true, ""), year(2029, true, "")}),
              date("2027-12-31"));
    EXPECT_EQ(core::known_until({year(2026, true, ""), year(2027, false, ""), year(2028, true, "")}),
              date("2026-12-31"));
}

TEST(Holidays, TheEndOfTheCalendarIsAWarningSixtyDaysBefore) {
    const HolidayCalendar calendar{year(2026, true, "2026-10-01")};

    EXPECT_FALSE(calendar_ends({}, "holidays", date("2026-12-31")));
    EXPECT_FALSE(calendar_ends(calendar, "holidays", date("2026-11-01")));
    const auto warning = calendar_ends(calendar, "holidays", date("2026-11-02"));
    ASSERT_TRUE(warning);
    EXPECT_EQ(warning->file, "holidays");
    EXPECT_NE(warning->message.find("2026-12-31"), std::string::npos);
    EXPECT_TRUE(calendar_ends({year(2026, false, "2026-10-01")}, "holidays", date("2026-01-01")));
}

TEST(Holidays, ACellIsWrittenWithTheWordsThatStandForItsDays) {
    const HolidayCalendar calendar{year(2026, true, "2026-10-01..2026-10-07", "2026-10-10"),
                                   year(2027, true, "2027-01-01")};

    EXPECT_EQ(core::write_days(days("2026-10-01..2026-10-07 2026-12-25 2027-01-01"), calendar), "holiday 2026-12-25");
    EXPECT_EQ(core::write_days(days("2026-10-10"), calendar), "workweekend");
    EXPECT_EQ(core::write_days(days("2026-10-01..2026-10-07"), calendar), "2026-10-01..2026-10-07");
    EXPECT_EQ(core::write_days({}, calendar), "");
    EXPECT_EQ(core::write_days(days("2026-12-25"), {}), "2026-12-25");
}

TEST(Holidays, ARosterFromBeforeTheCalendarChangedIsRecognised) {
    const HolidayCalendar calendar{year(2026, true, "2026-10-01..2026-10-07", "2026-10-10"),
                                   year(2027, true, "2027-01-01..2027-01-03 2027-05-01")};

    EXPECT_EQ(core::use_of(calendar, with_off("2026-12-25")), CalendarUse::kNone);
    EXPECT_EQ(core::use_of(calendar, with_off("2026-10-01..2026-10-07 2027-01-01..2027-01-03 2027-05-01")),
              CalendarUse::kCurrent);
    EXPECT_EQ(core::use_of(calendar, with_off("2026-10-01..2026-10-07 2027-01-01")), CalendarUse::kOld);
    EXPECT_EQ(core::use_of(calendar, with_off("2026-10-10")), CalendarUse::kCurrent);
    EXPECT_EQ(core::use_of({}, with_off("2026-10-10")), CalendarUse::kNone);
}

}  // namespace
}  // namespace harborline::config
