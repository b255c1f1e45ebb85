#include "gateway/workers/send_pace.hpp"

#include <gtest/gtest.h>

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;

constexpr SendPace::TimePoint kNow{1h};

TEST(SendPace_Test, SpreadsEvenly) {
    SendPace pace(10);

    EXPECT_EQ(pace.take(kNow), kNow);
    EXPECT_EQ(pace.take(kNow), kNow + 100ms);
    EXPECT_EQ(pace.take(kNow + 150ms), kNow + 200ms);
    EXPECT_EQ(pace.take(kNow + 10s), kNow + 10s) << "what was not used is not made up for";
}

TEST(SendPace_Test, AllowsWhatFitsIntoTheHorizon) {
    SendPace pace(10);
    EXPECT_EQ(pace.allowed(kNow, 250ms, 8), 3);
    EXPECT_EQ(pace.allowed(kNow, 250ms, 2), 2);
    EXPECT_EQ(pace.allowed(kNow, 250ms, 0), 0);

    for (int i = 0; i < 3; ++i) pace.take(kNow);

    EXPECT_EQ(pace.allowed(kNow, 250ms, 8), 0);
    EXPECT_EQ(pace.allowed(kNow + 50ms, 250ms, 8), 1);
    EXPECT_EQ(pace.allowed(kNow + 300ms, 250ms, 8), 3);
}

TEST(SendPace_Test, TakesAnyRate) {
    EXPECT_EQ(SendPace(1e12).allowed(kNow, 250ms, 1'000), 1'000);
    EXPECT_EQ(SendPace(0).allowed(kNow, 250ms, 8), 1);
    EXPECT_EQ(SendPace(0.01).allowed(kNow, 250ms, 8), 1);
}

}  // namespace
}  // namespace harborline::gateway
