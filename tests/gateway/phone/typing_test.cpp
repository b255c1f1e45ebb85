#include "gateway/phone/typing.hpp"

#include <gtest/gtest.h>

namespace harborline::gateway {
namespace {

using Kind = Typed::Kind;

struct TypedCase {
    std::string name{};
    std::string line{};
    bool in_session = false;
    Kind kind{};
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
                         ::testing::Values(TypedCase{"EnterDials", "", false, Kind::kDial},
                                           TypedCase{"EnterInASessionEntersNothing", "", true, Kind::kEnter},
                                           TypedCase{"DialDials", "dial", false, Kind::kDial},
                                           TypedCase{"DialBeginsAnew", "dial", true, Kind::kDial},
                                           TypedCase{"WordsAreEntered", "村里的地", true, Kind::kEnter, "村里的地"},
                                           TypedCase{"WordsWithoutASessionGoNowhere", "2", false, Kind::kNothing},
                                           TypedCase{"HatBreaksOff", "^", true, Kind::kDrop},
                                           TypedCase{"HatWithoutASession", "^", false, Kind::kNothing},
                                           TypedCase{"Text", "text 你好", false, Kind::kText, "你好"},
                                           TypedCase{"TextInASession", "text 1", true, Kind::kText, "1"}),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace harborline::gateway
