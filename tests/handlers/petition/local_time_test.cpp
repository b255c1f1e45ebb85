#include "handlers/core/local_time.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

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

TEST(LocalTime, WhatProgramsReadShowsTheWallClockToo) {
    const auto at = utc(2027, 3, 3, 16h + 5min + 7s + 999ms);

    EXPECT_EQ(format_iso(at, zone("Asia/Shanghai")), "2027-03-04T00:05:07+08:00");
    EXPECT_EQ(format_iso(at, zone("America/St_Johns")), "2027-03-03T12:35:07-03:30");
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

TEST(LocalTime, DayAndTimeAsOneSaysThem) {
    const auto shanghai = zone("Asia/Shanghai");
    const auto now = utc(2027, 3, 30, 14h);  // 22:00 in Shanghai.
    const auto said = [&](Instant at, std::string_view language) { return format_when(at, now, shanghai, language); };

    EXPECT_EQ(said(utc(2027, 3, 30, 15h + 30min), "zh-CN"), "今天晚上11:30");
    EXPECT_EQ(said(utc(2027, 3, 30, 23h), "zh-CN"), "明天早上7点");
    EXPECT_EQ(said(utc(2027, 3, 31, 15h + 59min), "zh-CN"), "明天晚上11:59");
    EXPECT_EQ(said(utc(2027, 3, 31, 16h), "zh-CN"), "4月1日凌晨0点");
    EXPECT_EQ(said(utc(2027, 3, 29, 15h), "zh-CN"), "3月29日晚上11点") << "it is over";

    EXPECT_EQ(said(utc(2027, 3, 30, 15h + 30min), "en"), "today at 23:30");
    EXPECT_EQ(said(utc(2027, 3, 30, 23h), "en"), "tomorrow at 07:00");
    EXPECT_EQ(said(utc(2027, 3, 31, 23h), "en"), "on 1 Apr at 07:00");
}

TEST(LocalTime, EveryHourHasItsPartOfTheDay) {
    const auto shanghai = zone("Asia/Shanghai");
    const auto midnight = utc(2027, 3, 3, 16h);
    const std::vector<std::pair<int, std::string>> hours{
        {0, "今天凌晨0点"},  {4, "今天凌晨4点"},   {5, "今天早上5点"},   {8, "今天早上8点"},
        {9, "今天上午9点"},  {11, "今天上午11点"}, {12, "今天中午12点"}, {13, "今天下午1点"},
        {17, "今天下午5点"}, {18, "今天晚上6点"},  {23, "今天晚上11点"}};

    for (const auto& [hour, words] : hours)
        EXPECT_EQ(format_when(midnight + std::chrono::hours{hour}, midnight, shanghai, "zh-CN"), words);
}

}  // namespace
}  // namespace harborline::core
