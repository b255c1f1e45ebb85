// Domain rules 4.2: once a week, and who is reminded where it was not.
#include "handlers/kinship/weekly.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <string>

namespace harborline::kinship {
namespace {

using namespace std::chrono_literals;

/// Days from Friday, 2027-01-08.
core::LocalDate from_friday(int days) {
    return core::LocalDate{std::chrono::local_days{std::chrono::year{2027} / 1 / 8} + std::chrono::days{days}};
}
core::LocalTime moment(int days, int hour, int minute = 0) {
    return {.date = from_friday(days), .weekday = (4 + days + 7) % 7, .minute = hour * 60 + minute};
}

/// From Friday morning on: so the hours of that day are those of the others.
constexpr WeeklyRules kFromEight{.from_min = 8 * 60};

struct NudgeCase {
    std::string name{};
    int last = 0;  ///< Contact, in days from that Friday.
    core::LocalTime now = moment(0, 12);
    Nudge expected = Nudge::kNone;
    Nudge nudged = Nudge::kNone;
    core::MaybeDate nudged_on{};
    friend void PrintTo(const NudgeCase& one, std::ostream* out) { *out << one.name; }
};

class KinshipWeekly : public ::testing::TestWithParam<NudgeCase> {};

TEST_P(KinshipWeekly, Reminds) {
    const auto& given = GetParam();
    const WeeklyContact contact{.last = from_friday(given.last), .nudged = given.nudged, .nudged_on = given.nudged_on};

    EXPECT_EQ(due_nudge(contact, kFromEight, given.now), given.expected);
}

constexpr auto kParent = Nudge::kParent, kCarer = Nudge::kCarer, kCaseworker = Nudge::kCaseworker;

INSTANTIATE_TEST_SUITE_P(
    Weeks, KinshipWeekly,
    ::testing::Values(NudgeCase{"OnItsMonday", -4}, NudgeCase{"OnTheSundayBefore", -5, moment(0, 12), kParent},
                      NudgeCase{"OneSilentWeek", -12, moment(0, 12), kParent},
                      NudgeCase{"TwoSilentWeeks", -19, moment(0, 12), kCarer},
                      NudgeCase{"NotQuiteTwo", -18, moment(0, 12), kParent},
                      NudgeCase{"ThreeAndTheCarerKnows", -26, moment(0, 12), kParent, kCarer, from_friday(-7)},
                      NudgeCase{"ThreeAndTheCarerDoesNot", -26, moment(0, 12), kCarer, kParent, from_friday(-7)},
                      NudgeCase{"FourSilentWeeks", -33, moment(0, 12), kCaseworker, kCarer, from_friday(-7)},
                      NudgeCase{"NotQuiteFour", -32, moment(0, 12), kParent, kCarer, from_friday(-7)},
                      NudgeCase{"ACaseworkerHasItInHand", -40, moment(0, 12), Nudge::kNone, kCaseworker,
                                from_friday(-7)},
                      NudgeCase{"ContactOfTomorrow", 1}, NudgeCase{"ContactOfNextWeek", 9}),
    [](const auto& param_info) { return param_info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Hours, KinshipWeekly,
    ::testing::Values(NudgeCase{"OnThursday", -8, moment(-1, 12)}, NudgeCase{"BeforeEight", -8, moment(0, 7, 59)},
                      NudgeCase{"AtEight", -8, moment(0, 8), kParent},
                      NudgeCase{"BeforeTwenty", -8, moment(0, 19, 59), kParent},
                      NudgeCase{"AtTwenty", -8, moment(0, 20)}, NudgeCase{"OnSunday", -8, moment(2, 12), kParent},
                      NudgeCase{"OnMonday", -8, moment(3, 12)},
                      NudgeCase{"OnceAWeek", -8, moment(2, 12), Nudge::kNone, kParent, from_friday(0)},
                      NudgeCase{"AfterLastWeeks", -15, moment(0, 12), kParent, kParent, from_friday(-5)},
                      NudgeCase{"BeforeTheClockWasSetBack", -8, moment(0, 12), Nudge::kNone, kParent, from_friday(7)}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(KinshipWeekly_Test, TheWeeksAndTheHourAreThoseOfTheRules) {
    const WeeklyContact silent{.last = from_friday(-12)};
    const WeeklyRules early{.weekday = 2, .from_min = 9 * 60 + 30, .carer_after = 1, .caseworker_after = 3};

    EXPECT_EQ(due_nudge(silent, early, moment(-3, 12)), Nudge::kNone);
    EXPECT_EQ(due_nudge(silent, early, moment(-2, 9, 29)), Nudge::kNone);
    EXPECT_EQ(due_nudge(silent, early, moment(-2, 9, 30)), kCarer);
    EXPECT_EQ(due_nudge(silent, early, moment(-1, 8)), kCarer);
    EXPECT_EQ(due_nudge({.last = from_friday(-26)}, early, moment(0, 12)), kCaseworker);
    EXPECT_EQ(due_nudge(silent, {}, moment(0, 17, 59)), Nudge::kNone);
    EXPECT_EQ(due_nudge(silent, {}, moment(0, 18)), kParent);
}

struct LookCase {
    std::string name{};
    core::LocalTime now{};
    core::LocalTime next{};
    friend void PrintTo(const LookCase& one, std::ostream* out) { *out << one.name; }
};

class KinshipWeeklyLook : public ::testing::TestWithParam<LookCase> {};

TEST_P(KinshipWeeklyLook, ComesAgain) {
    const auto& given = GetParam();

    const auto next = next_look({}, given.now);

    EXPECT_EQ(next.date, given.next.date);
    EXPECT_EQ(next.weekday, given.next.weekday);
    EXPECT_EQ(next.minute, given.next.minute);
}

INSTANTIATE_TEST_SUITE_P(Looks, KinshipWeeklyLook,
                         ::testing::Values(LookCase{"OnMonday", moment(-4, 12), moment(0, 18)},
                                           LookCase{"OnFridayMorning", moment(0, 7), moment(0, 18)},
                                           LookCase{"AtSix", moment(0, 18), moment(0, 19)},
                                           LookCase{"InTheLastHour", moment(0, 19), moment(1, 8)},
                                           LookCase{"AtNight", moment(0, 23), moment(1, 8)},
                                           LookCase{"OnSaturdayBeforeEight", moment(1, 3, 30), moment(1, 8)},
                                           LookCase{"OnSaturday", moment(1, 11, 5), moment(1, 12, 5)},
                                           LookCase{"OnSundayEvening", moment(2, 19, 30), moment(7, 18)}),
                         [](const auto& param_info) { return param_info.param.name; });

TEST(KinshipWeekly_Test, WordsBothWaysWithinAWeekAreContact) {
    const core::Instant at{std::chrono::sys_days{std::chrono::year{2027} / 1 / 8}};

    EXPECT_TRUE(is_exchange(at, at + 7 * 24h));
    EXPECT_TRUE(is_exchange(at + 3h, at));
    EXPECT_FALSE(is_exchange(at, at + 7 * 24h + 1ms));
}

TEST(KinshipWeekly_Test, AMinuteIsContact) {
    EXPECT_FALSE(is_contact({.talked = 59s}));
    EXPECT_TRUE(is_contact({.talked = 60s}));
    EXPECT_TRUE(is_contact({.talked = 60s, .by_child = false}));
}

}  // namespace
}  // namespace harborline::kinship
