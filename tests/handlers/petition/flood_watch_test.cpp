#include "handlers/petition/flood_watch.hpp"

#include <gtest/gtest.h>

#include "tests/support/fakes.hpp"

namespace harborline::petition {
namespace {

using namespace std::chrono_literals;

const core::Instant kTexted = testing::FakeClock{}.now();
constexpr std::uint64_t kText = 77;

/// Which of so many equal texts, evenly apart, is the first of a flood; 0: none is.
int first_of_flood(FloodWatch& watch, int texts, std::chrono::milliseconds apart, core::Instant from = kTexted) {
    for (int text = 1; text <= texts; ++text)
        if (watch.notes(kText, from + (text - 1) * apart)) return text;
    return 0;
}

TEST(FloodWatch_, TheThirtyFirstWithinAMinuteIsOne) {
    for (const auto apart : {0ms, 100ms, 1'999ms}) {
        FloodWatch watch{30};
        EXPECT_EQ(first_of_flood(watch, 100, apart), 31) << apart.count();
    }
}

TEST(FloodWatch_, ThirtyAMinuteForEverAreNone) {
    FloodWatch watch{30};
    EXPECT_EQ(first_of_flood(watch, 500, 2s), 0);
}

TEST(FloodWatch_, LastsWhileItGoesOnAndAMinuteBehindItAllIsWell) {
    FloodWatch watch{30};
    first_of_flood(watch, 31, 0ms);
    for (int text = 1; text <= 200; ++text) EXPECT_TRUE(watch.notes(kText, kTexted + text * 1s)) << text;

    EXPECT_EQ(first_of_flood(watch, 30, 0ms, kTexted + 200s + 1min), 0);
}

TEST(FloodWatch_, OtherTextsAreNotItsBusiness) {
    FloodWatch watch{30};
    first_of_flood(watch, 31, 0ms);
    EXPECT_FALSE(watch.notes(kText + 1, kTexted));
    EXPECT_FALSE(watch.notes(kText + 256, kTexted));  // The same place in the table.
    EXPECT_TRUE(watch.notes(kText, kTexted));
}

TEST(FloodWatch_, OfTooManyTextsTheOneNotSeenForLongestIsForgotten) {
    FloodWatch watch{1};
    for (std::uint64_t text = 0; text < 4; ++text) watch.notes(text * 256, kTexted + text * 1ms);
    EXPECT_FALSE(watch.notes(4 * 256, kTexted + 4ms));
    EXPECT_TRUE(watch.notes(1 * 256, kTexted + 5ms));
    EXPECT_FALSE(watch.notes(0, kTexted + 6ms));
}

TEST(FloodWatch_, AClockSetBackHoldsNothing) {
    FloodWatch watch{30};
    first_of_flood(watch, 31, 0ms);
    EXPECT_EQ(first_of_flood(watch, 30, 0ms, kTexted - 1h), 0);
    EXPECT_TRUE(watch.notes(kText, kTexted - 1h));
}

TEST(FloodWatch_, NoneIsSwitchedOff) {
    FloodWatch watch{0};
    EXPECT_EQ(first_of_flood(watch, 10'000, 0ms), 0);
}

}  // namespace
}  // namespace harborline::petition
