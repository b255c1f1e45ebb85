#include "gateway/phone/screen.hpp"

#include <gtest/gtest.h>

namespace harborline::gateway {
namespace {

const core::ScreenLimits kLimits{.septets = 160, .units = 70, .footer = 8};

TEST(Screen_Length, IsWrittenInItsOwnMeasure) {
    EXPECT_EQ(written(render::measure_screen("收到。", kLimits)), "3/62 units");
    EXPECT_EQ(written(render::measure_screen("1 Call {x}", kLimits)), "12/152 septets");
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
