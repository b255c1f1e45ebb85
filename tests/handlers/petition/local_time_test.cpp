#include "handlers/core/local_time.hpp"

#include <gtest/gtest.h>

namespace harborline::core {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;

Instant utc(int year, unsigned month, unsigned day, std::chrono::milliseconds into_day = 0ms) {
    return sys_days{std::chrono::year{year} / month / day} + into_day;
}

TimeZone zone(std::string_view name) {
    return TimeZone::named(name).value();
}

TEST(LocalTime, ShanghaiIsEightHoursAhead) {
    const auto local = zone("Asia/Shanghai").local(utc(2027, 3, 3, 2h + 5min));

    EXPECT_EQ(local.date, (LocalDate{std::chrono::year{2027} / 3 / 3}));
    EXPECT_EQ(local.weekday, 2);
    EXPECT_EQ(local.minute, 10 * 60 + 5);
}

TEST(LocalTime, DayAndWeekdayChangeAtLocalMidnight) {
    const auto shanghai = zone("Asia/Shanghai");

    const auto before = shanghai.local(utc(2027, 3, 7, 16h) - 1ms);
    const auto after = shanghai.local(utc(2027, 3, 7, 16h));

    EXPECT_EQ(before.weekday, 6);
    EXPECT_EQ(before.minute, 24 * 60 - 1);
    EXPECT_EQ(after.weekday, 0);
    EXPECT_EQ(after.minute, 0);
}

TEST(LocalTime, StartOfADayIsItsMidnight) {
    EXPECT_EQ(zone("Asia/Shanghai").start_of(std::chrono::year{2027} / 3 / 4), utc(2027, 3, 3, 16h));
}

TEST(LocalTime, StartOfADayWhoseMidnightIsSkippedIsTheFirstInstantAfter) {
    // Cairo put its clocks forward at 00:00 of 26 April 2024.
    const auto cairo = zone("Africa/Cairo");
    const auto start = cairo.start_of(std::chrono::year{2024} / 4 / 26);

    EXPECT_EQ(start, utc(2024, 4, 25, 22h));
    EXPECT_EQ(cairo.local(start).date, (LocalDate{std::chrono::year{2024} / 4 / 26}));
}

TEST(LocalTime, UnknownZoneIsAClearError) {
    for (const auto* name : {"", "Mars/Olympus", "../../etc/passwd"}) {
        const auto missing = TimeZone::named(name);
        ASSERT_FALSE(missing.has_value());
        EXPECT_EQ(missing.error().kind, ErrorKind::kNotFound);
    }
}

TEST(LocalTime, DatesInWords) {
    const auto shanghai = zone("Asia/Shanghai");
    const auto at = utc(2027, 3, 17, 16h);

    EXPECT_EQ(format_date(at, shanghai, "zh-CN"), "3月18日");
    EXPECT_EQ(format_date(at, shanghai, "en"), "18 Mar");
    EXPECT_EQ(format_date(std::chrono::year{2027} / 12 / 1, "en"), "1 Dec");
}

TEST(LocalTime, DayAndTimeInWords) {
    const auto shanghai = zone("Asia/Shanghai");

    EXPECT_EQ(format_day_time(utc(2027, 3, 4, 2h), shanghai, "zh-CN"), "3月4日10点");
    EXPECT_EQ(format_day_time(utc(2027, 3, 4, 2h + 5min), shanghai, "zh-CN"), "3月4日10:05");
    EXPECT_EQ(format_day_time(utc(2027, 3, 3, 16h), shanghai, "zh-CN"), "3月4日0点");
    EXPECT_EQ(format_day_time(utc(2027, 3, 4, 1h), shanghai, "en"), "4 Mar 09:00");
}

}  // namespace
}  // namespace harborline::core
