#include "gateway/phone/typing.hpp"

#include <gtest/gtest.h>

namespace harborline::gateway {
namespace {

using TypedKind = Typed::Kind;

struct TypedCase {
    std::string name{};
    std::string line{};
    bool in_session = false;
    TypedKind kind{};
    std::string text{};

    friend void PrintTo(const TypedCase& test, std::ostream* out) { *out << test.name; }
};

class Typing : public ::testing::TestWithParam<TypedCase> {};

TEST_P(Typing, Means) {
    const Typed typed = read_typed(GetParam().line, GetParam().in_session);

    EXPECT_EQ(typed.kind, GetParam().kind);
    EXPECT_EQ(typed.text, GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(Table, Typing,
                         ::testing::Values(TypedCase{"EnterDials", "", false, TypedKind::kDial},
                                           TypedCase{"EnterInASessionEntersNothing", "", true, TypedKind::kEnter},
                                           TypedCase{"DialDials", "dial", false, TypedKind::kDial},
                                           TypedCase{"DialBeginsAnew", "dial", true, TypedKind::kDial},
                                           TypedCase{"WordsAreEntered", "村里的地", true, TypedKind::kEnter,
                                                     "村里的地"},
                                           TypedCase{"WordsWithoutASessionGoNowhere", "2", false, TypedKind::kNothing},
                                           TypedCase{"HatBreaksOff", "^", true, TypedKind::kDrop},
                                           TypedCase{"HatWithoutASession", "^", false, TypedKind::kNothing},
                                           TypedCase{"Text", "text 你好", false, TypedKind::kText, "你好"},
                                           TypedCase{"TextInASession", "text 1", true, TypedKind::kText, "1"}),
                         [](const auto& test) { return test.param.name; });

TEST(Keying, Means) {
    using Act = PhoneAct::Kind;
    const auto act = [](std::string_view line, bool on_a_call) {
        const Keyed keyed = read_keyed(line, on_a_call);
        EXPECT_EQ(keyed.kind, Keyed::Kind::kAct) << line;
        return keyed.act;
    };
    EXPECT_EQ(act("", false).kind, Act::kCall);
    EXPECT_EQ(act("call", true).kind, Act::kCall);
    EXPECT_EQ(act("", true).kind, Act::kKeys);
    EXPECT_EQ(act("", true).keys, "");
    EXPECT_EQ(act("12#", true).keys, "12#");
    EXPECT_EQ(act("hang up", true).kind, Act::kHangUp);
    EXPECT_EQ(act("talk ends", true).kind, Act::kTalkEnds);
    EXPECT_EQ(act("nobody answers", true).kind, Act::kNobody);
    EXPECT_EQ(read_keyed("rec", true).kind, Keyed::Kind::kRecord);
    EXPECT_EQ(read_keyed("rec a b.wav", true).text, "a b.wav");
    EXPECT_EQ(read_keyed("text 1", true).text, "1");
    EXPECT_EQ(read_keyed("text 你好", false).kind, Keyed::Kind::kText);
    for (const char* line : {"1", "hang up", "rec", "你好"})
        EXPECT_EQ(read_keyed(line, false).kind, Keyed::Kind::kNothing) << line;
    for (const char* line : {"你好", "1a", "record"})
        EXPECT_EQ(read_keyed(line, true).kind, Keyed::Kind::kNothing) << line;
}

}  // namespace
}  // namespace harborline::gateway
