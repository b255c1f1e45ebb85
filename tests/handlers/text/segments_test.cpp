#include <gtest/gtest.h>
#include <unicode/brkiter.h>
#include <unicode/unistr.h>

#include <chrono>
#include <memory>
#include <set>
#include <string>

#include "handlers/core/utf8.hpp"
#include "handlers/render/sms.hpp"
#include "tests/support/fakes.hpp"

namespace harborline::render {
namespace {

std::string repeat(std::string_view piece, std::size_t times) {
    std::string text;
    while (times-- > 0) text += piece;
    return text;
}

struct SplitCase {
    friend void PrintTo(const SplitCase& test, std::ostream* out) { *out << test.name; }
    std::string name{};
    std::string text{};
    SmsCoding coding = SmsCoding::kGsm7;
    std::vector<int> lengths{};  ///< Of every part, in septets or UTF-16 units.
};

class SegmentsTest : public ::testing::TestWithParam<SplitCase> {};

TEST_P(SegmentsTest, HaveTheseLengths) {
    const auto& [name, text, coding, lengths] = GetParam();

    const SmsParts split = split_sms(text);

    std::vector<int> found;
    std::string joined;
    for (const std::string& part : split.parts) {
        found.push_back(coding == SmsCoding::kGsm7 ? gsm7_septets(part) : utf16_units(part));
        joined += part;
    }
    EXPECT_EQ(split.coding, coding);
    EXPECT_EQ(found, lengths);
    EXPECT_EQ(joined, text);
}

const std::string kFamily = "👨‍👩‍👧‍👦";  // 11 units

INSTANTIATE_TEST_SUITE_P(
    Table, SegmentsTest,
    ::testing::Values(
        SplitCase{"Empty", "", SmsCoding::kGsm7, {}}, SplitCase{"OneGsm7", repeat("a", 160), SmsCoding::kGsm7, {160}},
        SplitCase{"TwoGsm7", repeat("a", 161), SmsCoding::kGsm7, {153, 8}},
        SplitCase{"ExtensionCountsTwo", repeat("€", 80), SmsCoding::kGsm7, {160}},
        SplitCase{"EscapePairIsNotCut", repeat("€", 81), SmsCoding::kGsm7, {152, 10}},
        SplitCase{"ThreeGsm7", repeat("a", 307), SmsCoding::kGsm7, {153, 153, 1}},
        SplitCase{"CrLfIsNotCut", repeat("a", 152) + "\r\n" + repeat("b", 20), SmsCoding::kGsm7, {152, 22}},
        SplitCase{"OneUcs2", repeat("汉", 70), SmsCoding::kUcs2, {70}},
        SplitCase{"TwoUcs2", repeat("汉", 71), SmsCoding::kUcs2, {67, 4}},
        SplitCase{"ThreeUcs2", repeat("汉", 135), SmsCoding::kUcs2, {67, 67, 1}},
        SplitCase{"OneForeignSwitchesAll", repeat("a", 160) + "汉", SmsCoding::kUcs2, {67, 67, 27}},
        SplitCase{"BacktickIsNotInTheAlphabet", repeat("a", 69) + "`", SmsCoding::kUcs2, {70}},
        SplitCase{"LowerCedillaIsNotInTheAlphabet", "ç", SmsCoding::kUcs2, {1}},
        SplitCase{"EmojiCountsTwo", repeat("😀", 35), SmsCoding::kUcs2, {70}},
        SplitCase{"PairIsNotCut", repeat("汉", 66) + "😀" + repeat("汉", 10), SmsCoding::kUcs2, {66, 12}},
        SplitCase{"RareHanziIsNotCut", repeat("汉", 66) + "𠮷" + repeat("汉", 10), SmsCoding::kUcs2, {66, 12}},
        SplitCase{"FamilyIsNotCut", repeat("汉", 60) + kFamily + "汉", SmsCoding::kUcs2, {60, 12}},
        SplitCase{"FlagIsNotCut", repeat("汉", 65) + "🇨🇳" + "汉汉", SmsCoding::kUcs2, {65, 6}},
        SplitCase{"AccentStaysWithItsLetter", repeat("汉", 66) + "e\u0301" + "汉汉汉", SmsCoding::kUcs2, {66, 5}},
        SplitCase{"EndlessGrapheme", "汉e" + repeat("\u0301", 200), SmsCoding::kUcs2, {67, 67, 67, 1}}),
    [](const auto& test) { return test.param.name; });

TEST(Segments, KnowTheWholeDefaultAlphabet) {
    const std::string basic =
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
        "abcdefghijklmnopqrstuvwxyzäöñüà";
    const std::string extension = "\f^{}\\[~]|€";
    EXPECT_EQ(gsm7_septets(basic), 127);
    EXPECT_EQ(gsm7_septets(extension), 20);

    std::set<std::string> known;
    for (const std::string& alphabet : {basic, extension})
        for (std::size_t at = 0; at < alphabet.size();) {
            const std::size_t begin = at;
            core::next_code_point(alphabet, at);
            known.insert(alphabet.substr(begin, at - begin));
        }
    for (char32_t c = 0; c < 0x3000; ++c) {
        std::string text;
        core::append_utf8(text, c);
        EXPECT_EQ(gsm7_septets(text) > 0, known.contains(text)) << std::hex << static_cast<std::uint32_t>(c);
    }
}

/// Byte offsets at which ICU would break the text, computed from UTF-16 and independently of the splitter.
std::set<std::size_t> grapheme_boundaries(const std::string& text) {
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<icu::BreakIterator> breaks{
        icu::BreakIterator::createCharacterInstance(icu::Locale::getRoot(), status)};
    const icu::UnicodeString wide = icu::UnicodeString::fromUTF8(text);
    breaks->setText(wide);
    std::set<std::size_t> offsets;
    for (auto at = breaks->first(); at != icu::BreakIterator::DONE; at = breaks->next()) {
        std::string before;
        wide.tempSubString(0, at).toUTF8String(before);
        offsets.insert(before.size());
    }
    return offsets;
}

TEST(SegmentsProperty, JoinToTheTextWithinTheLimitsAndBetweenGraphemes) {
    const std::vector<std::string> pieces{"a",        "汉",      "😀",  "𠮷", kFamily,  "🇨🇳", "🇨",
                                          "e\u0301",  "\r\n",    "€",  "[",  "\u200D", "각", "\n",
                                          "👍🏽", "1️⃣", "नि", "。", "【",     " "};
    harborline::testing::FakeRandom random{11};
    int several = 0;
    for (int round = 0; round < 3'000; ++round) {
        std::string text;
        for (auto count = random.below(120); count > 0; --count) text += pieces[random.below(pieces.size())];
        const SmsParts split = split_sms(text);
        const bool gsm = split.coding == SmsCoding::kGsm7;
        const int limit = gsm ? (split.parts.size() > 1 ? 153 : 160) : (split.parts.size() > 1 ? 67 : 70);
        const auto allowed = grapheme_boundaries(text);
        std::string joined;
        for (const std::string& part : split.parts) {
            ASSERT_TRUE(core::is_valid_utf8(part));
            ASSERT_FALSE(part.empty());
            ASSERT_LE(gsm ? gsm7_septets(part) : utf16_units(part), limit);
            ASSERT_TRUE(allowed.contains(joined.size()));
            joined += part;
        }
        ASSERT_EQ(joined, text);
        several += split.parts.size() > 1 ? 1 : 0;
    }
    EXPECT_GT(several, 1'000);
}

/// Doubling a hostile text may double the work, and not square it.
TEST(SegmentsProperty, StayLinearForHostileTexts) {
    const auto time_of = [](const std::string& text) {
        auto best = std::chrono::nanoseconds::max();
        for (int round = 0; round < 5; ++round) {
            const auto begin = std::chrono::steady_clock::now();
            EXPECT_FALSE(split_sms(text).parts.empty());
            best = std::min(best, std::chrono::steady_clock::now() - begin);
        }
        return static_cast<double>(best.count());
    };
    for (const char* piece : {"🇨", "\u0301", "\u200D", "👨‍", "각", "\u0E33", "क्"}) {
        const std::string text = "汉" + repeat(piece, 4'000);
        EXPECT_LT(time_of(repeat(text, 8)), 24 * time_of(text) + 1e6) << piece;
        EXPECT_LT(time_of("汉" + repeat(piece, 32'000)), 24 * time_of(text) + 1e6) << piece;
    }
}

}  // namespace
}  // namespace harborline::render
