#include "handlers/safety/contact_words.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace harborline::safety {
namespace {

TEST(ContactWords, AWayHasOneWord) {
    for (const auto way : {Way::kNone, Way::kCall, Way::kText, Way::kEither}) EXPECT_EQ(way_named(word_of(way)), way);
    EXPECT_EQ(way_named("pigeon"), Way::kUnasked);
}

TEST(ContactWords, APlanIsToldWithoutItsWords) {
    const ContactPlan plan{.way = Way::kCall,
                           .windows = {{.days = 1, .from_min = 9 * 60, .to_min = 11 * 60 + 5}, {.from_min = 22 * 60}},
                           .safe_word = "12",
                           .unsafe_word = "34",
                           .neutral_name = "王姐"};

    EXPECT_EQ(in_words(plan), "call, mon 09:00-11:05, all 22:00-24:00, two words are agreed, a name");
    EXPECT_EQ(in_words(ContactPlan{.way = Way::kText}), "text, any time");
    EXPECT_EQ(in_words(ContactPlan{.way = Way::kNone}), "none");
}

struct ChosenCase {
    std::string name{};
    std::string contact{};
    std::string when{};
    std::string plan{};  ///< In words; empty: none.
    friend void PrintTo(const ChosenCase& row, std::ostream* out) { *out << row.name; }
};

class ContactChosen : public ::testing::TestWithParam<ChosenCase> {};

TEST_P(ContactChosen, IsAPlanOnceItIsWhole) {
    core::Fields saved;
    if (!GetParam().contact.empty()) saved.set("contact", GetParam().contact);
    if (!GetParam().when.empty()) saved.set("when", GetParam().when);

    const auto plan = chosen_in(saved);

    EXPECT_EQ(plan ? in_words(*plan) : std::string{}, GetParam().plan);
}

INSTANTIATE_TEST_SUITE_P(
    Answers, ContactChosen,
    ::testing::Values(ChosenCase{"Morning", "call", "morning", "call, all 08:00-12:00"},
                      ChosenCase{"Afternoon", "text", "afternoon", "text, all 12:00-18:00"},
                      ChosenCase{"Evening", "call", "evening", "call, all 18:00-21:00"},
                      ChosenCase{"AnyTime", "text", "any", "text, any time"}, ChosenCase{"None", "none", "", "none"},
                      ChosenCase{"NoTime", "call", "", ""}, ChosenCase{"NoWay", "", "evening", ""},
                      ChosenCase{"RightNow", "call", "now", ""}, ChosenCase{"Talked", "talked", "any", ""},
                      ChosenCase{"NotUnderstood", "unknown", "any", ""}, ChosenCase{"NotAsked", "either", "any", ""}),
    [](const auto& param_info) { return param_info.param.name; });

}  // namespace
}  // namespace harborline::safety
