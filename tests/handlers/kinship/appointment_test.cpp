// "Sundays at seven": which instant that is, and what is due when.
#include "handlers/kinship/appointment.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace harborline::kinship {
namespace appointment_test {

using core::Appointment;
using core::Instant;
using core::LocalDate;
using namespace std::chrono_literals;

constexpr int kSunday = 6;
constexpr int kSeven = 19 * 60;

core::TimeZone zone_named(const char* name) {
    return core::TimeZone::named(name).value();
}
core::TimeZone shanghai() {
    return zone_named("Asia/Shanghai");
}
constexpr LocalDate day(unsigned month, unsigned day_of_month) {
    return std::chrono::year{2027} / month / day_of_month;
}
/// Of 2027, by the clock in Shanghai. The 7th of March is a Sunday.
Instant on(unsigned month, unsigned day_of_month, std::chrono::minutes time) {
    return Instant{std::chrono::sys_days{std::chrono::year{2027} / month / day_of_month}} + time - 8h;
}
Appointment sundays_at_seven() {
    return {.weekday = kSunday, .minute = kSeven};
}
Appointment of_the_seventh() {
    auto appointment = sundays_at_seven();
    appointment.agreed = appointment.at = on(3, 7, 19h);
    return appointment;
}

struct NextCase {
    std::string name{};
    Instant after{};
    Instant next{};
    friend void PrintTo(const NextCase& one, std::ostream* out) { *out << one.name; }
};

class NextOccurrence : public ::testing::TestWithParam<NextCase> {};

TEST_P(NextOccurrence, IsTheFirstBehindAnInstant) {
    EXPECT_EQ(next_occurrence(sundays_at_seven(), shanghai(), GetParam().after), GetParam().next);
}

INSTANTIATE_TEST_SUITE_P(Table, NextOccurrence,
                         ::testing::Values(NextCase{"OnAWednesday", on(3, 3, 10h), on(3, 7, 19h)},
                                           NextCase{"OnTheDayBefore", on(3, 7, 18h + 59min), on(3, 7, 19h)},
                                           NextCase{"AtTheMinute", on(3, 7, 19h), on(3, 14, 19h)},
                                           NextCase{"OnTheDayBehind", on(3, 7, 19h + 1min), on(3, 14, 19h)},
                                           NextCase{"OnAMonday", on(3, 8, 0h), on(3, 14, 19h)},
                                           NextCase{"OverTheYear", on(12, 31, 12h), on(12, 31, 12h) + 2 * 24h + 7h}),
                         [](const auto& one) { return one.param.name; });

TEST(NextOccurrence_Once, IsThatDayOrNone) {
    const Appointment wish{.minute = kSeven, .once = day(3, 7)};
    EXPECT_EQ(next_occurrence(wish, shanghai(), on(3, 3, 10h)), on(3, 7, 19h));
    EXPECT_EQ(next_occurrence(wish, shanghai(), on(3, 7, 19h)), std::nullopt);
}

TEST(NextOccurrence_Zone, KeepsToTheHandsOfTheClock) {
    const auto berlin = zone_named("Europe/Berlin");
    // Clocks go forward on the 28th of March and back on the 31st of October.
    for (const auto& [month, date] : {std::pair{3U, 21U}, {3U, 28U}, {4U, 4U}, {10U, 24U}, {10U, 31U}, {11U, 7U}})
        for (const int minute : {0, 4 * 60, kSeven, 23 * 60 + 30}) {
            const auto local = berlin.local(instant_of(day(month, date), minute, berlin));
            EXPECT_EQ(local.date, day(month, date)) << month << '-' << date << ' ' << minute;
            EXPECT_EQ(local.minute, minute) << month << '-' << date;
        }
    const auto jumped_over = berlin.local(instant_of(day(3, 28), 2 * 60 + 30, berlin));
    EXPECT_EQ(jumped_over.minute, 3 * 60 + 30);
}

TEST(GoOn, BeginsTheNextOccurrenceAnew) {
    auto appointment = of_the_seventh();
    appointment.tries = 3;
    appointment.tried_at = on(3, 7, 19h + 20min);
    appointment.reminded = true;
    ASSERT_TRUE(go_on(appointment, shanghai(), on(3, 7, 19h + 30min)));
    EXPECT_EQ(appointment.at, on(3, 14, 19h));
    EXPECT_EQ(appointment.agreed, on(3, 14, 19h));
    EXPECT_EQ(appointment.tries, 0);
    EXPECT_FALSE(appointment.reminded);
}

TEST(GoOn, LeavesAMovedOccurrenceBehind) {
    auto earlier = of_the_seventh();
    earlier.at = on(3, 7, 18h);
    ASSERT_TRUE(go_on(earlier, shanghai(), on(3, 7, 18h + 10min)));
    EXPECT_EQ(earlier.at, on(3, 14, 19h)) << "and not the hour that it was moved from";

    auto later = of_the_seventh();
    later.at = on(3, 8, 19h);
    ASSERT_TRUE(go_on(later, shanghai(), on(3, 8, 19h + 10min)));
    EXPECT_EQ(later.at, on(3, 14, 19h));
}

TEST(GoOn, RemindsOfNothingThatIsTomorrowAlready) {
    auto appointment = sundays_at_seven();
    ASSERT_TRUE(go_on(appointment, shanghai(), on(3, 6, 20h)));
    EXPECT_EQ(appointment.at, on(3, 7, 19h));
    EXPECT_TRUE(appointment.reminded);
}

TEST(GoOn, IsOverWithItsOnlyDay) {
    Appointment once{.minute = kSeven, .once = day(3, 7)};
    ASSERT_TRUE(go_on(once, shanghai(), on(3, 3, 10h)));
    const auto before = once;
    EXPECT_FALSE(go_on(once, shanghai(), on(3, 7, 19h + 1min)));
    EXPECT_EQ(once, before);
}

struct StepCase {
    std::string name{};
    int tries = 0;
    std::chrono::minutes tried{};  ///< Of Sunday the 7th.
    bool reminded = true;
    std::chrono::minutes now{};
    Step step{};
    friend void PrintTo(const StepCase& one, std::ostream* out) { *out << one.name; }
};

class StepDue : public ::testing::TestWithParam<StepCase> {};

TEST_P(StepDue, IsDueAtItsTime) {
    auto appointment = of_the_seventh();
    appointment.tries = GetParam().tries;
    if (GetParam().tries > 0) appointment.tried_at = on(3, 7, GetParam().tried);
    appointment.reminded = GetParam().reminded;
    EXPECT_EQ(step_due(appointment, shanghai(), on(3, 7, GetParam().now)), GetParam().step);
}

INSTANTIATE_TEST_SUITE_P(Table, StepDue,
                         ::testing::Values(StepCase{"TwoDaysBefore", 0, {}, false, -31h, Step::kWait},
                                           StepCase{"BeforeTheReminder", 0, {}, false, -6h - 1min, Step::kWait},
                                           StepCase{"AtTheReminder", 0, {}, false, -6h, Step::kRemind},
                                           StepCase{"LateWithTheReminder", 0, {}, false, 18h, Step::kRemind},
                                           StepCase{"Reminded", 0, {}, true, 18h, Step::kWait},
                                           StepCase{"AMinuteBefore", 0, {}, true, 18h + 59min, Step::kWait},
                                           StepCase{"AtItsTime", 0, {}, true, 19h, Step::kCall},
                                           StepCase{"AtItsTimeUnreminded", 0, {}, false, 19h, Step::kCall},
                                           StepCase{"HalfAnHourLate", 0, {}, true, 19h + 30min, Step::kCall},
                                           StepCase{"LaterThanThat", 0, {}, true, 19h + 31min, Step::kGiveUp},
                                           StepCase{"BehindTheFirst", 1, 19h, true, 19h + 4min, Step::kWait},
                                           StepCase{"Second", 1, 19h, true, 19h + 5min, Step::kCall},
                                           StepCase{"BehindTheSecond", 2, 19h + 5min, true, 19h + 19min, Step::kWait},
                                           StepCase{"Third", 2, 19h + 5min, true, 19h + 20min, Step::kCall},
                                           StepCase{"BehindTheThird", 3, 19h + 20min, true, 19h + 49min, Step::kWait},
                                           StepCase{"Fourth", 3, 19h + 20min, true, 19h + 50min, Step::kCall},
                                           StepCase{"BehindTheLast", 4, 19h + 50min, true, 19h + 59min, Step::kWait},
                                           StepCase{"NoFifth", 4, 19h + 50min, true, 20h, Step::kGiveUp},
                                           StepCase{"ADayLater", 2, 19h + 5min, true, 43h, Step::kGiveUp}),
                         [](const auto& one) { return one.param.name; });

TEST(NextLook, IsWhenAStepIsDueAndNotBefore) {
    auto appointment = of_the_seventh();
    const std::vector<Instant> looks{on(3, 6, 18h),         on(3, 7, 19h),         on(3, 7, 19h + 5min),
                                     on(3, 7, 19h + 20min), on(3, 7, 19h + 50min), on(3, 7, 20h)};
    for (const auto at : looks) {
        ASSERT_EQ(next_look(appointment, shanghai()), at);
        EXPECT_EQ(step_due(appointment, shanghai(), at - 1ms), Step::kWait);
        const auto step = step_due(appointment, shanghai(), at);
        ASSERT_NE(step, Step::kWait);
        if (step == Step::kRemind) {
            appointment.reminded = true;
        } else {
            ++appointment.tries;
            appointment.tried_at = at;
        }
    }
}

TEST(Shifted, IsAnHourOrADayAway) {
    const auto appointment = of_the_seventh();
    EXPECT_EQ(shifted(appointment, Shift::kHourEarlier, shanghai()), on(3, 7, 18h));
    EXPECT_EQ(shifted(appointment, Shift::kHourLater, shanghai()), on(3, 7, 20h));
    EXPECT_EQ(shifted(appointment, Shift::kDayLater, shanghai()), on(3, 8, 19h));
}

}  // namespace appointment_test
}  // namespace harborline::kinship
