#include "gateway/phone/screen.hpp"

#include <gtest/gtest.h>

namespace harborline::gateway {
namespace {

const core::ScreenLimits kLimits{.septets = 160, .units = 70, .footer = 8};

TEST(Screen_Length, CountsUnitsOfChineseAndSeptetsOfTheGsmAlphabet) {
    EXPECT_EQ(measure("收到。", kLimits).written(), "3/62 units");
    EXPECT_EQ(measure("1 Call {x}", kLimits).written(), "12/152 septets");
    EXPECT_EQ(measure("😀", kLimits).length, 2);
}

TEST(Screen_Length, FitsUpToTheLimitLessTheFooter) {
    EXPECT_TRUE(measure(std::string(152, 'a'), kLimits).fits());
    EXPECT_FALSE(measure(std::string(153, 'a'), kLimits).fits());
}

TEST(Screen_Length, FitsNothingButTheGsmAlphabetWhereTheNetworkShowsNothingElse) {
    const core::ScreenLimits plain{.septets = 182, .units = 0, .footer = 8};

    EXPECT_EQ(measure("收到。", plain).written(), "3/0 units");
    EXPECT_FALSE(measure("收到。", plain).fits());
    EXPECT_TRUE(measure("Received.", plain).fits());
}

TEST(Screen_Drawing, BreaksLinesWhereTheDisplayDoes) {
    EXPECT_EQ(draw("接着上次的回1，新的回2。", kLimits),
              "┌──────────────────────────────────┐\n"
              "│ 接着上次的回1，新的回2。         │\n"
              "└──────────────────── 13/62 units ─┘");
    EXPECT_EQ(draw("一二三四五六七八九十一二三四五六七\nb", kLimits),
              "┌──────────────────────────────────┐\n"
              "│ 一二三四五六七八九十一二三四五六 │\n"
              "│ 七                               │\n"
              "│ b                                │\n"
              "└──────────────────── 19/62 units ─┘");
}

}  // namespace
}  // namespace harborline::gateway
