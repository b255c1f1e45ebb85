#include "handlers/core/utf8.hpp"

#include <gtest/gtest.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <string>

#include "tests/support/fakes.hpp"

namespace harborline::core {
namespace {

struct Utf8Case {
    friend void PrintTo(const Utf8Case& test, std::ostream* out) { *out << test.name; }
    std::string name{};
    std::string bytes{};
    std::string repaired{};  ///< Empty where the bytes are valid as they are.
};

class Utf8Test : public ::testing::TestWithParam<Utf8Case> {};

TEST_P(Utf8Test, IsValidatedAndRepaired) {
    const auto& [name, bytes, repaired] = GetParam();

    EXPECT_EQ(is_valid_utf8(bytes), repaired.empty());
    EXPECT_EQ(repair_utf8(bytes), repaired.empty() ? bytes : repaired);
    // Behind plain text of every length, so that the fast path meets it at every offset.
    for (std::size_t before = 0; before < 17; ++before)
        EXPECT_EQ(is_valid_utf8(std::string(before, 'a') + bytes + "z"), repaired.empty()) << before;
}

TEST_P(Utf8Test, IsReadCharacterByCharacter) {
    const std::string text = GetParam().bytes + "z";
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t before = at;
        const std::size_t length = utf8_length(std::string_view{text}.substr(at));
        const char32_t read = next_code_point(text, at);
        EXPECT_EQ(at, before + std::max<std::size_t>(length, 1));
        std::string written;
        append_utf8(written, read);
        EXPECT_EQ(written, length == 0 ? "\uFFFD" : text.substr(before, length));
    }
}

INSTANTIATE_TEST_SUITE_P(Table, Utf8Test,
                         ::testing::Values(Utf8Case{"Ascii", "plain"}, Utf8Case{"Chinese", "求助 我在哈尔滨"},
                                           Utf8Case{"Emoji", "😀"}, Utf8Case{"RareHanzi", "𠮷"},
                                           Utf8Case{"Last", "\xF4\x8F\xBF\xBF"},
                                           Utf8Case{"Beyond", "\xF4\x90\x80\x80", "\uFFFD"},
                                           Utf8Case{"Overlong",
                                                    "a\xC0\xAF"
                                                    "b",
                                                    "a\uFFFDb"},
                                           Utf8Case{"OverlongThree", "\xE0\x80\xAF", "\uFFFD"},
                                           Utf8Case{"Surrogate", "\xED\xB8\x80尾", "\uFFFD尾"},
                                           Utf8Case{"LoneContinuation", "\x80", "\uFFFD"},
                                           Utf8Case{"CutOff", "好\xE5\xA5", "好\uFFFD"},
                                           Utf8Case{"CutOffThenText", "\xE5\xA5好", "\uFFFD好"},
                                           Utf8Case{"Gb18030", "\xC4\xE3\xBA\xC3", "\uFFFD"},
                                           Utf8Case{"TwoHoles",
                                                    "a\xFF"
                                                    "b\xFE",
                                                    "a\uFFFDb\uFFFD"}),
                         [](const auto& test) { return test.param.name; });

TEST(Utf8, CharactersAreCountedAtEveryLength) {
    std::string text;
    std::size_t count = 0;
    for (int round = 0; round < 8; ++round)
        for (const char* character : {"a", "é", "求", "😀", "助"}) {
            text += character;
            ++count;
            EXPECT_EQ(count_characters(text), count);
            EXPECT_EQ(count_characters(text + "7"), count + 1);
        }
}

TEST(Utf8, EveryCharacterGoesThereAndBack) {
    for (char32_t c = 0; c <= 0x10FFFF; ++c) {
        const bool surrogate = c >= 0xD800 && c <= 0xDFFF;
        std::string text;
        append_utf8(text, c);
        ASSERT_TRUE(is_valid_utf8(text));
        ASSERT_EQ(utf8_length(text), text.size());
        std::size_t at = 0;
        ASSERT_EQ(next_code_point(text, at), surrogate ? kReplacement : c);
        ASSERT_EQ(at, text.size());
    }
}

TEST(Utf8, AgreesWithIcuOnRandomBytes) {
    harborline::testing::FakeRandom random{3};
    constexpr std::string_view kLikely = "\x41\x7F\x80\xBF\xC2\xDF\xE0\xE4\xED\xEF\xF0\xF4\xF5\x90\xA0";
    for (int round = 0; round < 300'000; ++round) {
        std::string bytes;
        for (auto length = random.below(7); length > 0; --length) bytes += kLikely[random.below(kLikely.size())];
        UErrorCode status = U_ZERO_ERROR;
        std::int32_t length = 0;
        u_strFromUTF8(nullptr, 0, &length, bytes.data(), static_cast<std::int32_t>(bytes.size()), &status);
        ASSERT_EQ(is_valid_utf8(bytes), status != U_INVALID_CHAR_FOUND);
        ASSERT_TRUE(is_valid_utf8(repair_utf8(bytes)));
    }
}

TEST(Utf16, PairsBecomeOneCharacter) {
    EXPECT_EQ(utf8_from_utf16be({"\x6C\x42\xD8\x3D\xDE\x00", 6}).value(), "求😀");
    EXPECT_EQ(utf8_from_utf16be("").value(), "");
}

TEST(Utf16, RefusesWhatIsBrokenAndRepairsItOnDemand) {
    struct Case {
        std::string bytes{};
        std::string repaired{};
    };
    for (const auto& [bytes, repaired] :
         {Case{"\x6C", "\uFFFD"}, Case{{"\xD8\x3D", 2}, "\uFFFD"}, Case{{"\xDE\x00\x5C\x3E", 4}, "\uFFFD尾"},
          Case{{"\xD8\x3D\x5C\x3E", 4}, "\uFFFD尾"}, Case{{"\xD8\x3D\xD8\x3D\xDE\x00", 6}, "\uFFFD😀"}}) {
        EXPECT_EQ(utf8_from_utf16be(bytes).error().kind, ErrorKind::kMalformed);
        EXPECT_EQ(repair_utf16be(bytes), repaired);
    }
}

}  // namespace
}  // namespace harborline::core
