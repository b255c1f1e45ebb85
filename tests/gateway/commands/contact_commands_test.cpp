// I6: how she may be reached is written down by a caseworker, and overridden by two only.
#include "tests/gateway/commands/program.hpp"

namespace harborline::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class SafeContactCommands : public CommandsOnACase {
  protected:
    json::object plan(std::vector<std::string> more = {}) {
        more.insert(more.end(), {"--as", "li", "--json"});
        const auto ran = matter("contact", std::move(more));
        EXPECT_EQ(ran.status, 0) << ran.err;
        return ran.status == 0 ? json::parse(ran.out).as_object() : json::object{};
    }
    std::string timeline() { return matter("show", {"--as", "li"}).out; }
};

TEST_F(SafeContactCommands, APlanIsWrittenAndShown) {
    EXPECT_EQ(plan().at("way").as_string(), "unknown");

    plan({"--way", "call", "--window", "mon-fri 09:00-11:00", "--window", "22:00-06:00", "--safe-word", "12",
          "--unsafe-word", "34", "--name", "王姐", "--story", "培训班改在周三"});

    const auto kept = plan();
    EXPECT_EQ(kept.at("way").as_string(), "call");
    const auto& windows = kept.at("windows").as_array();
    ASSERT_EQ(windows.size(), 2U);
    EXPECT_EQ(windows[0].as_string(), "mon,tue,wed,thu,fri 09:00-11:00");
    EXPECT_EQ(windows[1].as_string(), "all 22:00-06:00");
    EXPECT_TRUE(kept.at("by_key").as_bool());
    EXPECT_EQ(kept.at("name").as_string(), "王姐");
    EXPECT_THAT(matter("contact", {"--as", "li"}).out, HasSubstr("培训班改在周三"));
}

TEST_F(SafeContactCommands, OnlyWhatIsGivenChanges) {
    plan({"--way", "text", "--window", "09:00-11:00", "--safe-word", "苹果", "--unsafe-word", "西瓜"});

    plan({"--way", "either"});
    EXPECT_EQ(plan().at("windows").as_array().size(), 1U);
    EXPECT_EQ(plan().at("safe_word").as_string(), "苹果");

    plan({"--window", "any"});
    EXPECT_TRUE(plan().at("windows").as_array().empty());
}

TEST_F(SafeContactCommands, TheTimelineKnowsThatAndNotWhich) {
    plan({"--way", "text", "--safe-word", "苹果", "--unsafe-word", "西瓜", "--name", "王姐", "--story", "上课"});

    const auto told = timeline();

    EXPECT_THAT(told, HasSubstr("safe contact: text, any time, two words are agreed, a name, a cover story"));
    for (const auto* word : {"苹果", "西瓜", "王姐", "上课"}) EXPECT_THAT(told, Not(HasSubstr(word)));
}

TEST_F(SafeContactCommands, WhatNobodyCanKeepToIsRefusedInOneSentence) {
    const std::vector<std::vector<std::string>> wrong{{"--way", "pigeon"},
                                                      {"--window", "09:00-11:00"},
                                                      {"--way", "text", "--window", "whenever"},
                                                      {"--way", "text", "--window", "09:00-09:00"},
                                                      {"--way", "text", "--safe-word", "苹果"},
                                                      {"--way", "call", "--safe-word", "1", "--unsafe-word", "9"}};
    for (const auto& given : wrong) {
        auto with_name = given;
        with_name.insert(with_name.end(), {"--as", "li"});
        const auto ran = matter("contact", with_name);

        EXPECT_EQ(ran.status, 2) << ran.out;
        EXPECT_THAT(ran.err, IsOneSentence());
    }
    EXPECT_EQ(plan().at("way").as_string(), "unknown");
}

TEST_F(SafeContactCommands, AnOverrideTakesTwoPeopleAndAReasonAndIsForOneReply) {
    plan({"--way", "none"});
    ASSERT_EQ(matter("reply", {"--as", "li", "--text", "请回电"}).status, 1);
    const std::vector<std::string> right{"--as", "li", "--second", "wang", "--reason", "the order runs out today"};
    EXPECT_EQ(matter("override", {"--as", "li", "--second", "li", "--reason", "why"}).status, 2);
    EXPECT_EQ(matter("override", {"--as", "li", "--second", "nobody", "--reason", "why"}).status, 1);
    EXPECT_EQ(matter("override", {"--as", "li", "--second", "wang"}).status, 2);
    ASSERT_EQ(matter("reply", {"--as", "li", "--text", "请回电"}).status, 1);

    ASSERT_EQ(matter("override", right).status, 0);

    EXPECT_EQ(matter("reply", {"--as", "li", "--text", "请回电"}).status, 0);
    EXPECT_EQ(matter("reply", {"--as", "li", "--text", "请回电"}).status, 1);
    EXPECT_THAT(timeline(), HasSubstr("li and wang let the next reply through against her plan: the order runs out"));
}

TEST_F(SafeContactCommands, WithoutAKnownStaffNameNobodyReadsAPlan) {
    EXPECT_EQ(matter("contact").status, 1);
    EXPECT_EQ(matter("contact", {"--as", "nobody"}).status, 1);
}

}  // namespace
}  // namespace harborline::gateway
