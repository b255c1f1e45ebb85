// What she answers to "how is it safe to reach you" becomes her plan (I6), as far as the machine may decide it.
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "gateway/conversation/safe_contact.hpp"
#include "handlers/safety/contact_words.hpp"
#include "tests/support/world.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using safety::ContactPlan;
using safety::Way;
using testing::phone;
using testing::World;
using Entry = core::CaseEntry::Kind;

const ContactPlan kAgreed{.way = Way::kText,
                          .windows = {{.from_min = 9 * 60, .to_min = 11 * 60}},
                          .safe_word = "12",
                          .unsafe_word = "34",
                          .neutral_name = "王姐",
                          .cover_story = "培训班改在周三"};

class ChosenContact : public ::testing::Test {
  protected:
    void say(std::initializer_list<std::string_view> texts) {
        for (const auto text : texts) world_.says(her_, text);
    }
    /// An adult who is free to talk and not sure whether he would kill: ORANGE.
    void reach_the_question() { say({"你好", "3", "1", "1", "2", "2", "2", "3", "2"}); }

    ContactPlan plan() {
        return world_.in([&](storage::Transaction& tx) { return contact_plan(tx, world_id(tx)); });
    }
    void agree(const ContactPlan& agreed) {
        world_.in([&](storage::Transaction& tx) { put_contact_plan(tx, world_id(tx), agreed); });
    }
    bool stands(std::string_view text) {
        for (const auto& one : world_.cases()) {
            if (one.kind != core::CaseKind::kSafety || one.petitioner != world_.handset(her_).id) continue;
            const auto entries = world_.entries(one.id, Entry::kFact);
            return std::ranges::any_of(entries,
                                       [&](const std::string& entry) { return entry.find(text) != std::string::npos; });
        }
        throw std::logic_error("there is no safety matter");
    }
    core::HandsetId world_id(storage::Transaction& tx) {
        return tx.handsets().find_or_add(her_, world_.clock.now()).id;
    }

    World world_{};
    core::PhoneNumber her_ = phone(1);
};

TEST_F(ChosenContact, HerAnswersAreHerPlan) {
    reach_the_question();
    say({"1"});
    EXPECT_EQ(plan(), ContactPlan{}) << "she has not said when";

    say({"3"});

    EXPECT_EQ(in_words(plan()), "call, all 18:00-21:00");
    EXPECT_TRUE(stands("safe contact: call, all 18:00-21:00; made by the machine from her answers"));
}

TEST_F(ChosenContact, WhoeverAloneGetsInTouchIsLeftAlone) {
    reach_the_question();
    say({"3"});

    EXPECT_EQ(plan().way, Way::kNone);
}

TEST_F(ChosenContact, WhoeverDoesNotSayWhenHasNoPlan) {
    reach_the_question();
    say({"2"});
    world_.pass(25h);

    EXPECT_EQ(plan(), ContactPlan{});
}

TEST_F(ChosenContact, APlanThatIsThereIsOnlyNotedAgainst) {
    agree(kAgreed);
    reach_the_question();
    say({"1", "3"});

    EXPECT_EQ(plan(), kAgreed);
    EXPECT_TRUE(
        stands("she now says: call, all 18:00-21:00; the plan says text, all 09:00-11:00, two words are agreed, "
               "a name, a cover story: decide with her"));
}

TEST_F(ChosenContact, LessIsDoneAtOnceAndKeepsTheWords) {
    agree(kAgreed);
    reach_the_question();
    say({"3"});

    auto expected = kAgreed;
    expected.way = Way::kNone;
    EXPECT_EQ(plan(), expected);
    EXPECT_TRUE(stands("safe contact: none; made by the machine from her answers; the plan was text, all 09:00-11:00"));
}

TEST_F(ChosenContact, TheSameAgainIsNoNews) {
    agree({.way = Way::kText});
    reach_the_question();
    say({"2", "4"});

    EXPECT_FALSE(stands("she now says"));
    EXPECT_FALSE(stands("made by the machine"));
}

TEST_F(ChosenContact, WhatTwoPeopleLetThroughStaysLetThrough) {
    const auto until = world_.clock.now() + 24h;
    agree({.exception_until = until});
    reach_the_question();
    say({"2", "1"});

    EXPECT_EQ(in_words(plan()), "text, all 08:00-12:00");
    EXPECT_EQ(plan().exception_until, until);
}

TEST_F(ChosenContact, ACallThatIsSafeNowIsNoPlan) {
    say({"你好", "3", "1", "1", "1", "1"});

    EXPECT_EQ(plan(), (ContactPlan{.safe_until = plan().safe_until}));
    const auto may_be_rung_now = [&] {
        const auto handset = world_.handset(her_).id;
        return world_.in([&](storage::Transaction& tx) {
            return may_be_rung(tx, handset, world_.ground->rules().zone, world_.clock.now());
        });
    };
    EXPECT_TRUE(may_be_rung_now());
    world_.clock.advance(safety::kSafeFor);
    EXPECT_FALSE(may_be_rung_now());
    world_.clock.advance(-safety::kSafeFor);
    const auto at = core::format_day_time(world_.clock.now(), world_.ground->rules().zone, "en");
    EXPECT_TRUE(stands("at " + at + " she says that a call is safe now"));
}

TEST_F(ChosenContact, AtNightTheAlertGoesOutWhateverTimeSheChose) {
    world_.clock.time = world_.ground->rules().zone.start_of({2027y / 3 / 4}) + 2h;
    reach_the_question();
    ASSERT_EQ(world_.open_alerts().size(), 1U);
    say({"1", "1"});

    EXPECT_EQ(world_.open_alerts().size(), 1U);
    EXPECT_TRUE(stands("it is night, and she chose all 08:00-12:00; the alert goes out all the same"));
}

TEST_F(ChosenContact, ByDayOrAtAnyOtherTimeThereIsNothingToDecide) {
    reach_the_question();
    say({"1", "1"});
    EXPECT_FALSE(stands("it is night"));

    her_ = phone(2);
    world_.clock.time = world_.ground->rules().zone.start_of({2027y / 3 / 4}) + 2h;
    reach_the_question();
    say({"1", "4"});
    EXPECT_FALSE(stands("it is night"));
}

TEST_F(ChosenContact, WhoeverWantsAPersonIsAskedForThatMatterToo) {
    say({"9", "0", "2", "2"});

    EXPECT_EQ(in_words(plan()), "text, all 12:00-18:00");
    EXPECT_TRUE(stands("safe contact: text, all 12:00-18:00; made by the machine"));
}

TEST_F(ChosenContact, LessIsDoneAtOnceWhateverMatterSheSaysItIn) {
    agree({.way = Way::kText});
    const auto petition = world_.petition(her_, "3");

    EXPECT_EQ(plan().way, Way::kNone);
    EXPECT_EQ(world_.entries(petition, Entry::kFact).back(),
              "safe contact: none; made by the machine from her answers; the plan was text, any time");
    EXPECT_FALSE(world_.in([&](storage::Transaction& tx) {
        const auto matter = *tx.cases().find(petition);
        return world_.ground->replies().reply(tx, matter, matter.owner, "周三的课照常", world_.clock.now());
    }));

    agree({.way = Way::kText});
    say({"0", "3"});
    EXPECT_EQ(plan().way, Way::kNone);
}

TEST_F(ChosenContact, APetitionOfAPhoneInDangerCountsForItsSafetyToo) {
    say({"9"});
    world_.pass(25h);
    agree({.way = Way::kText});

    world_.petition(her_, "3");

    EXPECT_EQ(plan().way, Way::kNone);
    EXPECT_TRUE(stands("safe contact: none; made by the machine from her answers; the plan was text, any time"));
}

TEST_F(ChosenContact, WithoutDangerNobodyHasAPlan) {
    say({"0", "2", "2"});
    say({"0", "3"});
    world_.petition(her_, "3");

    EXPECT_EQ(plan(), ContactPlan{});
}

}  // namespace
}  // namespace harborline::gateway
