#include "gateway/carriers/fragments.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "handlers/core/utf8.hpp"
#include "tests/support/fakes.hpp"

namespace harborline::gateway {
namespace fragments_test {

core::Inbound part(std::uint8_t index, std::uint8_t total, std::string bytes, std::string charset = "UTF-8") {
    core::Inbound message;
    message.fragment = core::Fragment{
        .reference = 42, .total = total, .index = index, .bytes = std::move(bytes), .charset = std::move(charset)};
    return message;
}

struct JoinCase {
    std::string name{};
    std::vector<core::Inbound> parts{};
    std::string text{};
    bool complete = true;

    friend void PrintTo(const JoinCase& test, std::ostream* out) { *out << test.name; }
};

class Fragments_Join : public ::testing::TestWithParam<JoinCase> {};

TEST_P(Fragments_Join, MakesOneText) {
    EXPECT_EQ(join_fragments(GetParam().parts).value(), GetParam().text);
    EXPECT_EQ(is_complete(GetParam().parts), GetParam().complete);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Fragments_Join,
    ::testing::Values(
        JoinCase{"InOrder", {part(1, 2, "求"), part(2, 2, "助")}, "求助"},
        JoinCase{"OutOfOrder", {part(3, 3, "c"), part(1, 3, "a"), part(2, 3, "b")}, "abc"},
        JoinCase{"RepeatedPart", {part(1, 2, "a"), part(1, 2, "a"), part(2, 2, "b")}, "ab"},
        JoinCase{
            "CutSurrogatePair", {part(1, 2, "SJ\xD8=", "UTF-16BE"), part(2, 2, {"\xDE\x00", 2}, "UTF-16BE")}, "半😀"},
        JoinCase{"CutUtf8", {part(1, 2, "\xE6\xB1"), part(2, 2, "\x82")}, "求"},
        JoinCase{"TwoCharsets", {part(1, 2, "SJ", "UTF-16BE"), part(2, 2, "abc")}, "半abc"},
        JoinCase{"FirstMissing", {part(2, 2, "助")}, "…助", false},
        JoinCase{"LastMissing", {part(1, 2, "求")}, "求…", false},
        JoinCase{"TwoMissingInARow", {part(1, 4, "a"), part(4, 4, "d")}, "a…d", false},
        JoinCase{"HalfAPairBesideAGap", {part(1, 2, "SJ\xD8=", "UTF-16BE")}, "半\uFFFD…", false},
        JoinCase{"HalfAPairThatKannelRecoded", {part(1, 2, "半个"), part(2, 2, "\xED\xB8\x80尾")}, "半个\uFFFD尾"},
        JoinCase{"OddBytes", {part(1, 2, "SJ\x4E", "UTF-16BE"), part(2, 2, "ok")}, "半\uFFFDok"}),
    [](const auto& test) { return test.param.name; });

TEST(Fragments, RefusesPartsOfDifferentTexts) {
    core::Inbound other = part(2, 2, "b");
    other.fragment->reference = 43;
    core::Inbound wide = part(2, 2, "b");
    wide.fragment->wide_reference = true;
    for (const auto& stranger : {other, wide, part(2, 3, "b"), part(0, 2, "b"), core::Inbound{}})
        EXPECT_EQ(join_fragments({part(1, 2, "a"), stranger}).error().kind, core::ErrorKind::kMalformed);
    EXPECT_FALSE(join_fragments({}).has_value());
    EXPECT_FALSE(is_complete({}));
}

TEST(Fragments, JoinsAnyCutOfAnyTextInAnyOrder) {
    harborline::testing::FakeRandom random{5};
    const std::string text = "我在哈尔滨😀𠮷, help me 👨‍👩‍👧‍👦 求助";
    for (int round = 0; round < 2'000; ++round) {
        const auto total = static_cast<std::uint8_t>(2 + random.below(6));
        std::vector<std::size_t> cuts{0, text.size()};
        while (cuts.size() < total + 1U) cuts.push_back(random.below(text.size()));
        std::ranges::sort(cuts);
        std::vector<core::Inbound> parts;
        for (std::uint8_t i = 0; i < total; ++i)
            parts.insert(parts.begin() + static_cast<std::ptrdiff_t>(random.below(parts.size() + 1)),
                         part(static_cast<std::uint8_t>(i + 1), total, text.substr(cuts[i], cuts[i + 1U] - cuts[i])));
        ASSERT_EQ(join_fragments(parts).value(), text);
        parts.pop_back();
        ASSERT_TRUE(core::is_valid_utf8(join_fragments(parts).value()));
    }
}

}  // namespace fragments_test
}  // namespace harborline::gateway
