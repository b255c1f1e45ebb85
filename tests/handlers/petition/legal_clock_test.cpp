#include "handlers/petition/legal_clock.hpp"

#include <gtest/gtest.h>

namespace harborline::petition {
namespace {

using namespace std::chrono_literals;
using std::chrono::year;

core::TimeZone shanghai() {
    return core::TimeZone::named("Asia/Shanghai").value();
}

core::Instant at(core::LocalDate day, std::chrono::milliseconds into_day = 0ms) {
    return shanghai().start_of(day) + into_day;
}

core::Instant notice_due(core::Instant received, const Holidays& holidays = {}) {
    return due_after(received, kNoticeDays, shanghai(), holidays);
}

TEST(Clock_Art23, FifteenDaysEndAtMidnightAfterTheFifteenthDay) {
    EXPECT_EQ(notice_due(at(year{2027} / 3 / 3, 10h)), at(year{2027} / 3 / 19));
}

TEST(Clock_Art23, TheFirstDayIsNotCountedWhateverItsHour) {
    const auto due = at(year{2027} / 3 / 19);

    EXPECT_EQ(notice_due(at(year{2027} / 3 / 3)), due);
    EXPECT_EQ(notice_due(at(year{2027} / 3 / 4) - 1ms), due);
    EXPECT_EQ(notice_due(at(year{2027} / 3 / 4)), due + 24h);
}

TEST(Clock_Art23, TheDayIsTheLocalOne) {
    // 23:30 UTC on 2 March is already 3 March in Harbin.
    const core::Instant received = std::chrono::sys_days{year{2027} / 3 / 2} + 23h + 30min;

    EXPECT_EQ(notice_due(received), at(year{2027} / 3 / 19));
}

TEST(Clock_Art23, MonthsAndLeapYearsAreTheCalendars) {
    EXPECT_EQ(notice_due(at(year{2028} / 2 / 20)), at(year{2028} / 3 / 7));
    EXPECT_EQ(notice_due(at(year{2027} / 2 / 20)), at(year{2027} / 3 / 8));
    EXPECT_EQ(notice_due(at(year{2027} / 12 / 25)), at(year{2028} / 1 / 10));
}

TEST(Clock_Art23, ALastDayThatIsAHolidayMovesToTheNextThatIsNone) {
    const Holidays golden_week{year{2027} / 10 / 1, year{2027} / 10 / 2, year{2027} / 10 / 3};

    EXPECT_EQ(notice_due(at(year{2027} / 9 / 16), golden_week), at(year{2027} / 10 / 5));
    EXPECT_EQ(notice_due(at(year{2027} / 9 / 18), golden_week), at(year{2027} / 10 / 5));
}

TEST(Clock_Art23, HolidaysWithinTheTermChangeNothing) {
    const Holidays golden_week{year{2027} / 10 / 1, year{2027} / 10 / 2, year{2027} / 10 / 3};

    EXPECT_EQ(notice_due(at(year{2027} / 9 / 15), golden_week), at(year{2027} / 10 / 1));
    EXPECT_EQ(notice_due(at(year{2027} / 9 / 20), golden_week), at(year{2027} / 10 / 6));
}

TEST(Clock_Art23, ThePersonIsToldTheLastDayNotTheMidnightAfterIt) {
    const auto due = notice_due(at(year{2027} / 3 / 3, 10h));

    EXPECT_EQ(format_due(due, shanghai(), "zh-CN"), "3月18日");
    EXPECT_EQ(format_due(due, shanghai(), "en"), "18 Mar");
}

}  // namespace
}  // namespace harborline::petition
