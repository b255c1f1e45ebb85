#include "handlers/duty/pacing.hpp"

#include <gtest/gtest.h>

#include "tests/support/fakes.hpp"

namespace harborline::duty {
namespace {

using core::Level;
using namespace std::chrono_literals;

const core::Instant kPaceNow = testing::FakeClock{}.now();

core::Page told_page(Level level, std::chrono::seconds ago, bool told = true) {
    return {.id = {2}, .level = level, .sent_at = kPaceNow - ago, .told = told};
}

struct PaceCase {
    std::string name{};
    Level level = Level::kNone;
    std::vector<core::Page> others{};
    std::chrono::seconds wait{};
    int minute = 10 * 60;
    bool night = true;  ///< Whether she may be woken.
    bool alert = false;
};

class PaceTest : public ::testing::TestWithParam<PaceCase> {};

TEST_P(PaceTest, TellsInItsTime) {
    const auto& told = GetParam();
    const core::Page page{.id = {1}, .alert = {told.alert ? 1 : 0}, .level = told.level, .sent_at = kPaceNow};

    const auto at =
        tell_at(page, {.night = told.night}, told.others, {.bundle = 600s}, {.minute = told.minute}, kPaceNow);

    EXPECT_EQ(at - kPaceNow, told.wait);
}

INSTANTIATE_TEST_SUITE_P(
    Pace, PaceTest,
    ::testing::Values(PaceCase{"TheFirstAtOnce", Level::kNone, {}, 0s},
                      PaceCase{"BehindOneOfTheLastMinutes", Level::kNone, {told_page(Level::kNone, 60s)}, 540s},
                      PaceCase{"NotBehindAnOldOne", Level::kNone, {told_page(Level::kNone, 600s)}, 0s},
                      PaceCase{"NotBehindOneThatWaitsItself", Level::kNone, {told_page(Level::kNone, 60s, false)}, 0s},
                      PaceCase{"NotBehindOneFromTheFuture", Level::kNone, {told_page(Level::kNone, -60s)}, 0s},
                      PaceCase{"NotBehindRed", Level::kNone, {told_page(Level::kRed, 60s)}, 0s},
                      PaceCase{"BehindAHigherOne", Level::kYellow, {told_page(Level::kOrange, 60s)}, 540s},
                      PaceCase{"NotBehindALowerOne", Level::kOrange, {told_page(Level::kYellow, 60s)}, 0s},
                      PaceCase{
                          "RedNever", Level::kRed, {told_page(Level::kRed, 1s), told_page(Level::kOrange, 1s)}, 0s},
                      PaceCase{"AtNightToWhoeverMayBeWoken", Level::kNone, {}, 0s, 23 * 60},
                      PaceCase{"AtNightInTheMorning", Level::kNone, {}, 8h, 23 * 60, false},
                      PaceCase{"AfterMidnightInTheMorning", Level::kNone, {}, 1min, 6 * 60 + 59, false},
                      PaceCase{"InTheMorningAtOnce", Level::kNone, {}, 0s, 7 * 60, false},
                      PaceCase{"RedAtNight", Level::kRed, {}, 0s, 23 * 60, false},
                      PaceCase{"AnAlertThatItsLadderLetThrough", Level::kOrange, {}, 0s, 23 * 60, false, true}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(Pace, ABundleHasTheHighestLevelAndTheCodesInOrder) {
    const auto bundle = bundle_of({{.code = 7, .level = Level::kNone}, {.code = 3, .level = Level::kOrange}});

    EXPECT_EQ(bundle.level, Level::kOrange);
    EXPECT_EQ(bundle.codes, (std::vector{3, 7}));
}

struct NightCase {
    std::string name{};
    Night night{};
    int minute = 0;
    bool holds = false;
};

class NightTest : public ::testing::TestWithParam<NightCase> {};

TEST_P(NightTest, Holds) {
    EXPECT_EQ(GetParam().night.holds(GetParam().minute), GetParam().holds);
}

INSTANTIATE_TEST_SUITE_P(
    Pace, NightTest,
    ::testing::Values(NightCase{"Before", {}, 22 * 60 - 1, false}, NightCase{"Begins", {}, 22 * 60, true},
                      NightCase{"Midnight", {}, 0, true}, NightCase{"LastMinute", {}, 7 * 60 - 1, true},
                      NightCase{"Over", {}, 7 * 60, false}, NightCase{"OfOneDay", {60, 300}, 60, true},
                      NightCase{"OfOneDayOver", {60, 300}, 300, false}, NightCase{"None", {60, 60}, 60, false}),
    [](const auto& param_info) { return param_info.param.name; });

}  // namespace
}  // namespace harborline::duty
