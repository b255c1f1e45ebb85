// Rate limits with the time given: what gets through, when it gets through again, and who always does.
#include "gateway/routes/limits.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "tests/support/world.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using testing::phone;

constexpr SteadyTime kStart{1'000h};
constexpr HashKey kKey{1, 2, 3};

struct MeterCase {
    std::string name;
    Rate rate;
    std::vector<std::chrono::milliseconds> events;  ///< After the start, each charged.
    std::chrono::milliseconds at;
    std::chrono::milliseconds wait;
};

class RateMeter : public ::testing::TestWithParam<MeterCase> {};

TEST_P(RateMeter, TellsHowLongToWait) {
    const auto& given = GetParam();
    Meter meter;
    for (const auto after : given.events) meter.charge(given.rate, kStart + after);

    EXPECT_EQ(meter.wait(given.rate, kStart + given.at), given.wait);
}

constexpr Rate kThreeASecond{.events = 3, .period = 3s};  // One a second, three at once.

INSTANTIATE_TEST_SUITE_P(
    Rates, RateMeter,
    ::testing::Values(
        MeterCase{"Untouched", kThreeASecond, {}, 0ms, 0ms}, MeterCase{"SecondAtOnce", kThreeASecond, {0ms}, 0ms, 0ms},
        MeterCase{"ThirdAtOnce", kThreeASecond, {0ms, 0ms}, 0ms, 0ms},
        MeterCase{"FourthAtOnce", kThreeASecond, {0ms, 0ms, 0ms}, 0ms, 1'000ms},
        MeterCase{"FourthSoon", kThreeASecond, {0ms, 0ms, 0ms}, 400ms, 600ms},
        MeterCase{"FourthInTime", kThreeASecond, {0ms, 0ms, 0ms}, 1'000ms, 0ms},
        MeterCase{"EvenlySpread", kThreeASecond, {0ms, 1'000ms, 2'000ms, 3'000ms, 4'000ms}, 5'000ms, 0ms},
        MeterCase{"AfterALongRest", kThreeASecond, {0ms, 0ms, 0ms}, 60'000ms, 0ms},
        MeterCase{
            "NobodyOwesMoreThanAPeriod", kThreeASecond, {0ms, 0ms, 0ms, 0ms, 0ms, 0ms, 0ms, 0ms, 0ms}, 0ms, 1'000ms},
        MeterCase{"NoLimit", Rate{}, {0ms, 0ms, 0ms, 0ms}, 0ms, 0ms},
        MeterCase{"OneOnly", Rate{.events = 1, .period = 60s}, {0ms}, 1ms, 59'999ms}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(MeterTable_Test, RemembersEachOfManySourcesByItself) {
    MeterTable table(1'024);
    for (std::uint64_t key = 0; key < 100; ++key) table.obtain(key).charge(kThreeASecond, kStart + key * 1s);

    for (std::uint64_t key = 0; key < 100; ++key) {
        ASSERT_NE(table.find(key), nullptr) << key;
        EXPECT_EQ(table.find(key)->due(), kStart + (key + 1) * 1s);
    }
    EXPECT_EQ(table.find(100), nullptr);
}

TEST(MeterTable_Test, AFullBucketForgetsWhoHasBeenFreeLongest) {
    MeterTable table(4);  // One bucket of four.
    for (const std::uint64_t key : {1U, 2U, 3U, 4U}) table.obtain(key).charge(kThreeASecond, kStart + key * 1s);
    for (int i = 0; i < 5; ++i) table.obtain(1).charge(kThreeASecond, kStart + 5s);

    table.obtain(5).charge(kThreeASecond, kStart + 5s);

    EXPECT_EQ(table.find(2), nullptr);
    for (const std::uint64_t key : {1U, 3U, 4U, 5U}) EXPECT_NE(table.find(key), nullptr) << key;
}

TEST(HandsetLimit_Test, AFloodingHandsetWaitsAndItsNeighbourDoesNot) {
    HandsetLimit limit({.events = 3, .period = 3s}, kKey);
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(limit.look(phone(1), kStart).wait, 0s);
        limit.charge(phone(1), kStart);
    }

    EXPECT_EQ(limit.look(phone(1), kStart).wait, 1s);
    EXPECT_FALSE(limit.look(phone(1), kStart).is_new);
    EXPECT_EQ(limit.look(phone(2), kStart).wait, 0s);
    EXPECT_TRUE(limit.look(phone(2), kStart).is_new);
}

TEST(HandsetLimit_Test, IsNewAgainAfterTenMinutesOfSilence) {
    HandsetLimit limit({.events = 60, .period = 60s}, kKey);
    limit.charge(phone(1), kStart);

    EXPECT_FALSE(limit.look(phone(1), kStart + 10min).is_new);
    EXPECT_TRUE(limit.look(phone(1), kStart + 10min + 2s).is_new);
}

TEST(HandsetLimit_Test, StaysNewForTwoMinutesOrTenEventsWithinItsRate) {
    HandsetLimit limit({.events = 60, .period = 60s}, kKey);
    for (int i = 0; i < 10; ++i) {
        EXPECT_TRUE(limit.look(phone(1), kStart).is_new) << i;
        limit.charge(phone(1), kStart);
    }
    EXPECT_FALSE(limit.look(phone(1), kStart).is_new);
    limit.charge(phone(1), kStart + 20min);
    EXPECT_TRUE(limit.look(phone(1), kStart + 20min).is_new);

    limit.charge(phone(2), kStart);
    limit.charge(phone(2), kStart + 60s);
    EXPECT_TRUE(limit.look(phone(2), kStart + 119s).is_new);
    EXPECT_FALSE(limit.look(phone(2), kStart + 120s).is_new);

    HandsetLimit slow({.events = 3, .period = 3'000s}, kKey);
    for (int i = 0; i < 3; ++i) slow.charge(phone(3), kStart);
    EXPECT_FALSE(slow.look(phone(3), kStart).is_new);
}

TEST(HandsetLimit_Test, WithoutARateItStillKnowsWhoIsNew) {
    HandsetLimit limit({}, kKey);
    EXPECT_TRUE(limit.look(phone(1), kStart).is_new);
    for (int i = 0; i < 1'000; ++i) limit.charge(phone(1), kStart);

    EXPECT_FALSE(limit.look(phone(1), kStart).is_new);
    EXPECT_EQ(limit.look(phone(1), kStart).wait, 0s);
}

TEST(HandsetLimit_Test, SendersWithoutANumberDoNotLimitOneAnother) {
    HandsetLimit limit({.events = 1, .period = 60s}, kKey);
    for (int i = 0; i < 10; ++i) limit.charge(core::PhoneNumber{}, kStart);

    EXPECT_EQ(limit.look(core::PhoneNumber{}, kStart).wait, 0s);
    EXPECT_FALSE(limit.look(core::PhoneNumber{}, kStart).is_new);
}

TEST(HandsetLimit_Test, AFloodOfInventedNumbersKeepsNoNewHandsetOutAndFreesNoFlooder) {
    HandsetLimit limit({.events = 3, .period = 3'000s}, kKey);
    for (int i = 0; i < 3; ++i) limit.charge(phone(0), kStart);
    ASSERT_GT(limit.look(phone(0), kStart).wait, 0s);

    for (int at = 1; at <= 100'000; ++at) limit.charge(phone(at), kStart);

    EXPECT_GT(limit.look(phone(0), kStart).wait, 0s);
    EXPECT_TRUE(limit.look(phone(200'000), kStart).is_new);
    EXPECT_EQ(limit.look(phone(200'000), kStart).wait, 0s);
}

TEST(StrangerLimit_Test, AStrangerMayConnectSoOftenAndThenWaits) {
    StrangerLimit limit({.events = 3, .period = 3s}, kKey);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(limit.admits("192.0.2.1", kStart));

    EXPECT_FALSE(limit.admits("192.0.2.1", kStart));
    EXPECT_FALSE(limit.admits("192.0.2.1", kStart + 500ms));
    EXPECT_TRUE(limit.admits("192.0.2.2", kStart));
    EXPECT_TRUE(limit.admits("192.0.2.1", kStart + 1s));
}

TEST(StrangerLimit_Test, WhoHasShownATokenMayConnectAsOftenAsItLikesForADay) {
    StrangerLimit limit({.events = 1, .period = 60s}, kKey);
    EXPECT_FALSE(limit.knows("192.0.2.1", kStart));
    limit.prove("192.0.2.1", kStart);

    EXPECT_TRUE(limit.knows("192.0.2.1", kStart + 23h));
    for (int i = 0; i < 1'000; ++i) EXPECT_TRUE(limit.admits("192.0.2.1", kStart + 23h));

    EXPECT_FALSE(limit.knows("192.0.2.1", kStart + 25h));
    EXPECT_TRUE(limit.admits("192.0.2.1", kStart + 25h));
    EXPECT_FALSE(limit.admits("192.0.2.1", kStart + 25h));
}

TEST(StrangerLimit_Test, CountsIpv6ByItsNetwork) {
    StrangerLimit limit({.events = 1, .period = 60s}, kKey);
    EXPECT_TRUE(limit.admits("2001:db8::1", kStart));

    EXPECT_FALSE(limit.admits("2001:db8::ffff:2", kStart));
    EXPECT_FALSE(limit.admits("2001:db8:0:0:1::", kStart));
    EXPECT_TRUE(limit.admits("2001:db8:0:1::1", kStart));
}

TEST(StrangerLimit_Test, ACrowdOfStrangersForgetsNobodyWhoIsKnown) {
    StrangerLimit limit({.events = 1, .period = 60s}, kKey);
    limit.prove("192.0.2.1", kStart);

    for (int a = 0; a < 256; ++a)
        for (int b = 0; b < 256; ++b) limit.admits("10.9." + std::to_string(a) + "." + std::to_string(b), kStart + 1s);

    for (int i = 0; i < 10; ++i) EXPECT_TRUE(limit.admits("192.0.2.1", kStart + 1s));
}

}  // namespace
}  // namespace harborline::gateway
