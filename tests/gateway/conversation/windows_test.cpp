// Who may go on with what was left lying, and what becomes of it.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/world.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using testing::kWang;
using testing::phone;
using testing::words;
using testing::World;
using Said = std::vector<std::string>;

class Windows_Test : public ::testing::Test {
  protected:
    void tell_half() {
        for (const auto* said : {"你好", "2", "1", "2", "3", "1", "他们把地给了别人"}) world_.says(her_, said);
    }
    Said told() { return world_.entries(world_.only_case().id, core::CaseEntry::Kind::kSaid); }

    World world_{};
    core::PhoneNumber her_ = phone(1);
};

TEST_F(Windows_Test, WithinHalfAnHourASharedPhoneGoesOn) {
    tell_half();
    world_.pass(29min);

    EXPECT_EQ(world_.says(her_, "还有水渠"), Said{});
    EXPECT_TRUE(world_.says(her_, "1").front().starts_with("第4步"));
}

TEST_F(Windows_Test, AfterHalfAnHourAnUnknownPhoneIsAskedWithoutASubject) {
    tell_half();
    world_.pass(31min);

    EXPECT_EQ(world_.says(her_, "还有水渠"), Said{words("err.timeout")});
}

TEST_F(Windows_Test, APrivatePhoneGoesOnForSevenDays) {
    world_.make_private(her_);
    tell_half();
    world_.pass(20h);  // Before the unfinished story is filed.

    EXPECT_EQ(world_.says(her_, "还有水渠"), Said{});
}

TEST_F(Windows_Test, WhatSheSentBeforeTheQuestionIsKeptWhenSheGoesOn) {
    tell_half();
    world_.pass(45min);
    world_.says(her_, "还有水渠");

    EXPECT_TRUE(world_.says(her_, "1").front().starts_with("第3步"));
    world_.says(her_, "1");
    world_.says(her_, "2");

    EXPECT_EQ(told(), Said{"他们把地给了别人\n还有水渠"});
}

TEST_F(Windows_Test, SomebodyElsesTextNeverJoinsTheStoryThatWasLeft) {
    tell_half();
    world_.pass(45min);
    world_.says(her_, "这是别的人写的");

    const auto menu = world_.says(her_, "2");

    EXPECT_TRUE(menu.front().starts_with("您好"));
    EXPECT_EQ(told(), Said{"他们把地给了别人"});
}

TEST_F(Windows_Test, WithNothingToldThereIsNothingToResume) {
    for (const auto* said : {"你好", "2"}) world_.says(her_, said);
    world_.pass(45min);

    EXPECT_TRUE(world_.says(her_, "你好").front().starts_with("您好"));
}

TEST_F(Windows_Test, ABareDigitAnswersTheLastQuestionForTwoDays) {
    world_.says(her_, "你好");
    world_.pass(20h);

    EXPECT_EQ(world_.says(her_, "2"), Said{words("pet.start")});
}

TEST_F(Windows_Test, I5_DangerIsHeardInTheMiddleOfTheQuestion) {
    tell_half();
    world_.pass(45min);
    world_.says(her_, "还有水渠");

    EXPECT_EQ(world_.says(her_, "9"), Said{words("safe.received")});
    EXPECT_EQ(world_.open_alerts().size(), 1U);
}

TEST_F(Windows_Test, AnUnfinishedStoryIsFiledAfterADayWithoutAWordToHer) {
    tell_half();
    world_.news(kWang);

    world_.pass(25h);

    const auto filed = world_.only_case();
    EXPECT_EQ(told(), Said{"他们把地给了别人"});
    EXPECT_EQ(filed.category, "land");
    EXPECT_EQ(filed.owner, world_.staff("chen"));
    EXPECT_TRUE(world_.news(her_).empty());
    EXPECT_EQ(world_.news(kWang).size(), 1U);
    world_.pass(25h);
    EXPECT_EQ(world_.cases().size(), 1U);
}

TEST_F(Windows_Test, AStoryGoingOnIsNotFiledUnderHer) {
    world_.make_private(her_);
    tell_half();
    world_.pass(23h);
    world_.says(her_, "还有水渠");

    world_.pass(2h);
    EXPECT_TRUE(world_.cases().empty());
    world_.pass(23h);

    EXPECT_EQ(told(), Said{"他们把地给了别人\n还有水渠"});
}

TEST_F(Windows_Test, AStateThatCannotBeReadBeginsAnewAndTellsTheAdministrator) {
    for (const std::string_view state : {"\x01 not what we wrote", ""}) {
        World world;
        for (const auto* said : {"你好", "2", "1", "2", "3", "1", "他们把地给了别人"}) world.says(her_, said);
        world.in([&](storage::Transaction& tx) {
            auto talk = *tx.conversations().find(tx.handsets().find(her_)->id);
            talk.state = state;
            tx.conversations().put(talk);
        });

        const auto answer = world.says(her_, "还有水渠");

        EXPECT_TRUE(answer.front().starts_with("您好"));
        EXPECT_EQ(world.news(testing::kAdmin), Said{words("adm.state_unreadable")});
        EXPECT_EQ(world.says(her_, "9"), Said{words("safe.received")});
    }
}

}  // namespace
}  // namespace harborline::gateway
