#include "handlers/render/ussd.hpp"

#include <gtest/gtest.h>

#include "handlers/core/utf8.hpp"

namespace harborline::render {
namespace {

using Pages = std::vector<std::string>;
const PageMarks kMarks{"#下页", "*上页"};
const PageMarks kPlain{"# More", "* Back"};

std::string repeated(std::string_view piece, int times) {
    std::string text;
    for (; times > 0; --times) text += piece;
    return text;
}

/// The words of the pages without their marks, put together again; spaces at a cut are lost.
std::string joined(const Pages& pages) {
    std::string all;
    for (std::string page : pages) {
        if (pages.size() > 1) page.erase(page.rfind('\n'));
        all += page;
    }
    return all;
}

void expect_fits(const Pages& pages, const core::ScreenLimits& limits) {
    for (const auto& page : pages) {
        const auto length = measure_screen(page, limits);
        EXPECT_LE(length.used, length.limit) << page;
        EXPECT_TRUE(core::is_valid_utf8(page));
    }
}

TEST(RenderUssd, SaysTheScreensOwnWordsWithoutASignature) {
    flow::Catalogue texts;
    texts.set("en", "got", {.words = "We have received it.", .ussd = "Got it."});
    texts.set("en", "ask", {.words = "And now?"});

    EXPECT_EQ(render_ussd(texts, "en", {{.key = "got"}, {.key = "ask"}}), "Got it.\nAnd now?");
    EXPECT_EQ(render_ussd(texts, "en", {}), "");
}

TEST(SplitScreens, LeavesWhatFitsAlone) {
    EXPECT_EQ(split_screens(repeated("x", 160), {}, kPlain), Pages{repeated("x", 160)});
    EXPECT_EQ(split_screens(repeated("国", 70), {}, kMarks), Pages{repeated("国", 70)});
    EXPECT_EQ(split_screens("", {}, kMarks), Pages{""});
}

TEST(SplitScreens, MarksTheWaysFromPageToPage) {
    const auto pages = split_screens(repeated("国", 150), {}, kMarks);

    ASSERT_EQ(pages.size(), 3U);
    EXPECT_EQ(pages[0], repeated("国", 66) + "\n#下页");
    EXPECT_EQ(pages[1], repeated("国", 62) + "\n*上页 #下页");
    EXPECT_EQ(pages[2], repeated("国", 22) + "\n*上页");
    expect_fits(pages, {});
}

TEST(SplitScreens, LeavesRoomForTheOperatorsFooter) {
    const core::ScreenLimits limits{.footer = 12};
    EXPECT_EQ(split_screens(repeated("国", 58), limits, kMarks).size(), 1U);
    EXPECT_EQ(split_screens(repeated("国", 59), limits, kMarks).size(), 2U);
    expect_fits(split_screens(repeated("国", 200), limits, kMarks), limits);
}

TEST(SplitScreens, CutsBetweenWordsWhereThereIsASpace) {
    const auto pages = split_screens(repeated("eleven chars ", 20), {}, kPlain);
    for (std::size_t at = 0; at + 1 < pages.size(); ++at)
        EXPECT_TRUE(pages[at].substr(0, pages[at].find('\n')).ends_with("s") ||
                    pages[at].substr(0, pages[at].find('\n')).ends_with("n"))
            << pages[at];
    expect_fits(pages, {});
}

TEST(SplitScreens, NeverCutsAGrapheme) {
    const std::string family = "👨‍👩‍👧";
    const auto pages = split_screens(repeated(family, 20), {}, kMarks);
    for (const auto& page : pages) {
        const std::string words = page.substr(0, page.rfind('\n'));
        EXPECT_EQ(words.size() % family.size(), 0U);
    }
    EXPECT_EQ(joined(pages), repeated(family, 20));
    expect_fits(pages, {});
}

TEST(SplitScreens, CountsAnEscapedCharacterTwice) {
    EXPECT_EQ(split_screens(repeated("€", 80), {}, kPlain).size(), 1U);
    EXPECT_EQ(split_screens(repeated("€", 81), {}, kPlain).size(), 2U);
}

TEST(SplitScreens, OneForeignMarkMakesEveryPageShort) {
    expect_fits(split_screens(repeated("x", 170), {}, kMarks), {});
}

TEST(SplitScreens, ShowsAQuestionMarkWhereTheNetworkHasNoLetter) {
    const core::ScreenLimits latin{.units = 0};
    EXPECT_EQ(split_screens("Reply: 三亩地😀", latin, kPlain), Pages{"Reply: ????"});
    expect_fits(split_screens(repeated("三", 500), latin, kPlain), latin);

    const auto marked = split_screens(repeated("x", 200), latin, kMarks);
    EXPECT_EQ(marked, (Pages{repeated("x", 156) + "\n#??", repeated("x", 44) + "\n*??"}));
}

TEST(SplitScreens, LosesNothingAtAnyLength) {
    for (const std::string_view piece : {"国", "x", "é", "€", "😀", "👨‍👩‍👧", "e\u0301"})
        for (int times = 1; times < 400; times += 7) {
            const auto pages = split_screens(repeated(piece, times), {}, kMarks);
            ASSERT_EQ(joined(pages), repeated(piece, times)) << piece << " x " << times;
            expect_fits(pages, {});
        }
}

}  // namespace
}  // namespace harborline::render
