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

    EXPECT_EQ(due_nudge(contact, given.now), given.expected);
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

TEST(KinshipWeekly_Test, AMinuteIsContact) {
    EXPECT_FALSE(is_contact({.talked = 59s}));
    EXPECT_TRUE(is_contact({.talked = 60s}));
    EXPECT_TRUE(is_contact({.talked = 60s, .by_child = false}));
}

}  // namespace
}  // namespace harborline::kinship
