#include "handlers/kinship/addressee.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace harborline::kinship {
namespace {

using namespace std::chrono_literals;
using core::TieId;

constexpr TieId kBoy{1}, kGirl{2}, kBaby{3};
const core::Instant kSent = core::Instant{std::chrono::sys_days{std::chrono::year{2027} / 3 / 20}};

Written ago(TieId tie, std::chrono::milliseconds age) {
    return {.tie = tie, .at = kSent - age};
}

struct AddresseeCase {
    std::string name{};
    std::vector<Written> letters{};
    std::optional<Written> chosen{};
    std::vector<TieId> expected{};
    friend void PrintTo(const AddresseeCase& one, std::ostream* out) { *out << one.name; }
};

class KinshipAddressee : public ::testing::TestWithParam<AddresseeCase> {};

TEST_P(KinshipAddressee, IsMeant) {
    EXPECT_EQ(meant(GetParam().letters, GetParam().chosen, 48h, kSent), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Unasked, KinshipAddressee,
    ::testing::Values(AddresseeCase{"NobodyWrote", {}, {}, {}}, AddresseeCase{"One", {ago(kBoy, 1h)}, {}, {kBoy}},
                      AddresseeCase{"OneSeveralTimes", {ago(kBoy, 3h), ago(kBoy, 1h)}, {}, {kBoy}},
                      AddresseeCase{"TwoDaysAgo", {ago(kBoy, 48h)}, {}, {kBoy}},
                      AddresseeCase{"LongerAgo", {ago(kBoy, 48h + 1ms)}, {}, {}},
                      AddresseeCase{"OneOfTwoLately", {ago(kBoy, 49h), ago(kGirl, 47h)}, {}, {kGirl}},
                      AddresseeCase{"Several",
                                    {ago(kGirl, 3h), ago(kBaby, 2h), ago(kBoy, 4h), ago(kGirl, 1h)},
                                    {},
                                    {kGirl, kBaby, kBoy}},
                      AddresseeCase{"BeforeTheClockWasSetBack", {ago(kBoy, -2h), ago(kGirl, 1h)}, {}, {kBoy, kGirl}},
                      AddresseeCase{"LongBeforeTheClockWasSetBack", {ago(kBoy, -49h)}, {}, {}}),
    [](const auto& param_info) { return param_info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Chosen, KinshipAddressee,
    ::testing::Values(
        AddresseeCase{"Holds", {ago(kBoy, 3h), ago(kGirl, 2h)}, ago(kBoy, 1h), {kBoy}},
        AddresseeCase{
            "HoldsWhenSheIsAnswered", {ago(kBoy, 3h), ago(kGirl, 2h), ago(kBoy, 30min)}, ago(kBoy, 1h), {kBoy}},
        AddresseeCase{"UntilSomebodyElseWrites",
                      {ago(kBoy, 3h), ago(kGirl, 2h), ago(kGirl, 30min)},
                      ago(kBoy, 1h),
                      {kGirl, kBoy}},
        AddresseeCase{"AtTheSameMoment", {ago(kBoy, 3h), ago(kGirl, 1h)}, ago(kBoy, 1h), {kGirl, kBoy}},
        AddresseeCase{"HoldsWithoutALetter", {}, ago(kBoy, 1h), {kBoy}},
        AddresseeCase{"HoldsBeyondHisLetter", {ago(kBoy, 49h), ago(kGirl, 47h)}, ago(kBoy, 46h), {kBoy}},
        AddresseeCase{"IsAskedOfBeyondHisLetter", {ago(kBoy, 49h), ago(kGirl, 1h)}, ago(kBoy, 46h), {kGirl, kBoy}},
        AddresseeCase{"LongAgo", {ago(kGirl, 48h)}, ago(kBoy, 48h + 1ms), {kGirl}},
        AddresseeCase{"LongAgoAndNobodyWrote", {}, ago(kBoy, 48h + 1ms), {}}),
    [](const auto& param_info) { return param_info.param.name; });

struct UnreadCase {
    std::string name{};
    Written letter{};
    std::optional<Written> chosen{};
    bool expected = false;
    friend void PrintTo(const UnreadCase& one, std::ostream* out) { *out << one.name; }
};

Written on_its_way(TieId tie, std::chrono::milliseconds age) {
    return {.tie = tie, .at = kSent - age, .on_its_way = true};
}

class KinshipUnread : public ::testing::TestWithParam<UnreadCase> {};

TEST_P(KinshipUnread, MayBe) {
    EXPECT_EQ(may_be_unread({GetParam().letter}, GetParam().chosen, kBoy, kSent), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(Words, KinshipUnread,
                         ::testing::Values(UnreadCase{"Arrived", ago(kBoy, 1h), {}, false},
                                           UnreadCase{"JustSent", on_its_way(kBoy, 5min), {}, false},
                                           UnreadCase{"SentLongAgo", on_its_way(kBoy, 5min + 1ms), {}, true},
                                           UnreadCase{"SentBeforeTheClockWasSetBack", on_its_way(kBoy, -1h), {}, true},
                                           UnreadCase{"OfAnother", on_its_way(kGirl, 1h), {}, false},
                                           UnreadCase{"WroteBackSince", on_its_way(kBoy, 1h), ago(kBoy, 30min), false},
                                           UnreadCase{"WroteBefore", on_its_way(kBoy, 1h), ago(kBoy, 2h), true},
                                           UnreadCase{"WroteToAnotherSince", on_its_way(kBoy, 1h), ago(kGirl, 30min),
                                                      true}),
                         [](const auto& param_info) { return param_info.param.name; });

}  // namespace
}  // namespace harborline::kinship
