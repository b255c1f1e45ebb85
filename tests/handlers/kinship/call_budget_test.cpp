// Domain rules 4.8: what a child may talk at the programme's cost.
#include "handlers/kinship/call_budget.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <string>
#include <vector>

namespace harborline::kinship {
namespace {

using namespace std::chrono_literals;
using core::KinCall;

core::TimeZone shanghai() {
    return core::TimeZone::named("Asia/Shanghai").value();
}
/// Of 2027, by the clock in Shanghai.
core::Instant on(unsigned month, unsigned day_of_month, std::chrono::milliseconds time) {
    return core::Instant{std::chrono::sys_days{std::chrono::year{2027} / month / day_of_month}} + time - 8h;
}
KinCall talk(core::Instant begun, std::chrono::seconds talked = 5min, bool by_child = true) {
    return {.tie = {1}, .child = {1}, .at = begun, .talked = talked, .by_child = by_child};
}

/// The 20th of March, 06:30 in the morning: still the 19th in UTC.
const core::Instant kMorning = on(3, 20, 6h + 30min);

struct BudgetCase {
    std::string name{};
    std::vector<KinCall> calls{};
    bool may = true;
    core::Instant now = kMorning;
    friend void PrintTo(const BudgetCase& one, std::ostream* out) { *out << one.name; }
};

class KinshipBudget : public ::testing::TestWithParam<BudgetCase> {};

TEST_P(KinshipBudget, Says) {
    EXPECT_EQ(may_begin(GetParam().calls, Budget{}, shanghai(), GetParam().now), GetParam().may);
}

INSTANTIATE_TEST_SUITE_P(
    OfADay, KinshipBudget,
    ::testing::Values(BudgetCase{"Nothing"}, BudgetCase{"One", {talk(on(3, 20, 6h))}},
                      BudgetCase{"Two", {talk(on(3, 20, 5h)), talk(on(3, 20, 6h))}, false},
                      BudgetCase{"TwoOfWhichOneFailed", {talk(on(3, 20, 5h), 0s), talk(on(3, 20, 6h))}},
                      BudgetCase{"OneSecondIsATalk", {talk(on(3, 20, 5h), 1s), talk(on(3, 20, 6h))}, false},
                      BudgetCase{"TwoOfWhichOneWasTheMothers", {talk(on(3, 20, 5h), 5min, false), talk(on(3, 20, 6h))}},
                      BudgetCase{"OneOfYesterday", {talk(on(3, 20, -1ms)), talk(on(3, 20, 6h))}},
                      BudgetCase{"OneOfLastMidnight", {talk(on(3, 20, 0h)), talk(on(3, 20, 6h))}, false},
                      BudgetCase{"OneOfTonight", {talk(on(3, 20, 6h)), talk(on(3, 20, 24h - 1ms))}, false},
                      BudgetCase{"OneOfTomorrow", {talk(on(3, 20, 6h)), talk(on(3, 21, 0h))}},
                      BudgetCase{"TwoOfThisDayLastMonth", {talk(on(2, 20, 5h)), talk(on(2, 20, 6h))}}),
    [](const auto& param_info) { return param_info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    OfAMonth, KinshipBudget,
    ::testing::Values(BudgetCase{"AlmostUsed", {talk(on(3, 2, 12h), 60min), talk(on(3, 3, 12h), 60min - 1s)}},
                      BudgetCase{"Used", {talk(on(3, 2, 12h), 60min), talk(on(3, 3, 12h), 60min)}, false},
                      BudgetCase{"UsedByTheMother", {talk(on(3, 2, 12h), 60min), talk(on(3, 3, 12h), 60min, false)}},
                      BudgetCase{"SinceItsFirstMinute", {talk(on(3, 1, 0h), 120min)}, false},
                      BudgetCase{"InTheLastOfTheMonthBefore", {talk(on(3, 1, -1ms), 120min)}},
                      BudgetCase{"TheNewMonthBegins", {talk(on(3, 31, 12h), 120min)}, true, on(4, 1, 0h)},
                      BudgetCase{"TheOldMonthEnds", {talk(on(3, 31, 12h), 120min)}, false, on(4, 1, -1ms)},
                      BudgetCase{"OfTheYearBefore", {talk(on(3, 20, 12h) - 24h * 365, 120min)}}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(KinshipBudget_Test, IsAsItIsSet) {
    const Budget small{.calls_per_day = 1, .per_month = 3min};

    EXPECT_FALSE(may_begin({talk(on(3, 20, 6h), 1min)}, small, shanghai(), kMorning));
    EXPECT_TRUE(may_begin({talk(on(3, 19, 6h), 2min)}, small, shanghai(), kMorning));
    EXPECT_FALSE(may_begin({talk(on(3, 19, 6h), 3min)}, small, shanghai(), kMorning));
}

TEST(KinshipBudget_Test, CountsFromTheBeginningOfTheLocalMonth) {
    EXPECT_EQ(counted_from(shanghai(), kMorning), on(3, 1, 0h));
    EXPECT_EQ(counted_from(shanghai(), on(3, 1, 0h)), on(3, 1, 0h));
    EXPECT_EQ(counted_from(shanghai(), on(3, 1, -1ms)), on(2, 1, 0h));
}

}  // namespace
}  // namespace harborline::kinship
