// I6: who may be watched is reached as she chose, or not at all (domain rules 3.4).
#include "gateway/conversation/safe_contact.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/caller.hpp"
#include "tests/support/world.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using core::CaseEntry;
using core::MessageState;
using safety::Way;
using testing::Caller;
using testing::phone;
using testing::words;
using testing::World;

constexpr std::string_view kHarmless = "周三的课照常";
constexpr std::string_view kSubstance = "法院已经受理";
constexpr std::string_view kCoverStory = "培训班改在周三";

class SafeContact : public ::testing::Test {
  protected:
    SafeContact() {
        world_.says(her_, "9");
        id_ = world_.open_alerts().front().case_id;
    }
    void plan(const safety::ContactPlan& chosen) {
        world_.in([&](storage::Transaction& tx) { put_contact_plan(tx, tx.cases().find(id_)->petitioner, chosen); });
    }

    core::Result<core::OutboxId> reply(std::string_view text = kHarmless) {
        return world_.in([&](storage::Transaction& tx) {
            const auto matter = *tx.cases().find(id_);
            return world_.ground->replies().reply(tx, matter, matter.owner, text, world_.clock.now());
        });
    }
    core::Result<core::OutboxId> call(std::string_view text = kSubstance) {
        return world_.in([&](storage::Transaction& tx) {
            const auto matter = *tx.cases().find(id_);
            return world_.ground->replies().reply_by_phone(tx, matter, matter.owner, {.text = std::string{text}},
                                                           world_.clock.now());
        });
    }
    core::Message message(core::OutboxId id) {
        return world_.in([&](storage::Transaction& tx) { return *tx.outbox().find(id); });
    }
    std::size_t owners_texts() {
        const auto number =
            world_.in([&](storage::Transaction& tx) { return tx.staff().find(tx.cases().find(id_)->owner)->phone; });
        return world_.messages_to(number).size();
    }

    World world_{testing::shipped_roster(), testing::settings_with_voice()};
    core::PhoneNumber her_ = phone(1);
    core::CaseId id_{};
};

TEST_F(SafeContact, ARepliesRefusalSaysHowToGoOn) {
    for (const auto& refused : {reply(), call()}) {
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().kind, core::ErrorKind::kRefused);
        EXPECT_NE(refused.error().message.find("harborline case contact"), std::string::npos);
    }
}

TEST_F(SafeContact, AnotherMatterOfAPhoneInDangerIsNotAnsweredEither) {
    id_ = world_.petition(phone(2), "2");
    ASSERT_TRUE(reply());
    world_.says(phone(2), "9");

    EXPECT_FALSE(reply());
}

TEST_F(SafeContact, ATextThatSheChoseSaysNothingOfWhatItIsAbout) {
    plan({.way = Way::kText});

    EXPECT_FALSE(reply("您的案件法院受理了"));
    const auto sent = reply();

    ASSERT_TRUE(sent);
    EXPECT_EQ(message(*sent).text, world_.channel().signature + std::string{kHarmless});
}

TEST_F(SafeContact, HerHoursAreKeptByTheReply) {
    plan({.way = Way::kText, .windows = {{.from_min = 19 * 60, .to_min = 20 * 60}}});

    EXPECT_EQ(message(reply().value()).due_at, world_.clock.now() - 5s + 9h);

    plan({.way = Way::kText, .windows = {{.days = 2, .from_min = 19 * 60, .to_min = 20 * 60}}});  // Next Tuesday.
    EXPECT_FALSE(reply());
}

TEST_F(SafeContact, AnExceptionLetsOneReplyThrough) {
    plan({.way = Way::kNone, .exception_until = world_.clock.now() + 24h, .exception_in = id_});

    const auto first = reply();

    ASSERT_TRUE(first);
    EXPECT_FALSE(reply());
    const auto kept =
        world_.in([&](storage::Transaction& tx) { return contact_plan(tx, tx.cases().find(id_)->petitioner); });
    EXPECT_EQ(kept.exception, *first);
    EXPECT_EQ(kept.exception_until, core::Instant{});
    const auto notes = world_.entries(id_, CaseEntry::Kind::kNote);
    ASSERT_FALSE(notes.empty());
    EXPECT_NE(notes.back().find("exception"), std::string::npos);
}

TEST_F(SafeContact, AnExceptionIsForTheMatterThatTwoPeopleNamed) {
    const auto danger = id_;
    world_.pass(25h);  // In the safety flow every word is hers.
    const auto petition = world_.petition(her_);
    plan({.way = Way::kNone, .exception_until = world_.clock.now() + 24h, .exception_in = danger});

    id_ = petition;
    EXPECT_FALSE(reply());
    EXPECT_FALSE(call());

    id_ = danger;
    EXPECT_TRUE(reply());
}

TEST_F(SafeContact, AnExceptionThatNobodyUsedIsOver) {
    plan({.way = Way::kNone, .exception_until = world_.clock.now() + 24h, .exception_in = id_});

    world_.clock.advance(24h);

    EXPECT_FALSE(reply());
}

TEST_F(SafeContact, NothingThatWasNotUnderstoodIsAnsweredUnasked) {
    plan({.way = Way::kNone});
    world_.pass(25h);  // In the safety flow every word is hers.
    world_.news(her_);

    EXPECT_FALSE(world_.says(her_, "你好").empty());
    EXPECT_TRUE(world_.says(her_, "77").empty());
    EXPECT_FALSE(world_.says(her_, "9").empty());
}

TEST_F(SafeContact, ATextThatWaitedHereTooLongIsNotAnswered) {
    auto inbound = world_.text(her_, "还在吗");
    world_.in([&](storage::Transaction& tx) {
        tx.stranded().add({.inbound = inbound, .at = world_.clock.now(), .error = "a test"});
    });
    world_.clock.advance(1h);
    world_.news(her_);

    world_.in([&](storage::Transaction& tx) {
        world_.ground->taker().retry(tx, tx.stranded().list(1).front().id, world_.clock.now());
    });

    EXPECT_TRUE(world_.news(her_).empty());
    EXPECT_EQ(world_.entries(id_, CaseEntry::Kind::kSaid).back(), "还在吗");
}

/// A status query on a safety matter (3.4, point 9).
class SafeContact_Query : public SafeContact {
  protected:
    SafeContact_Query() {
        world_.says(testing::kWang, "收到");
        world_.pass(2h);
    }
    std::vector<std::string> asks() {
        world_.says(phone(2), "5 " + world_.matter(id_).reference);
        return world_.says(phone(2), "1234");
    }
};

TEST_F(SafeContact_Query, FindsNothingAndWakesTheOwner) {
    const auto before = owners_texts();

    EXPECT_EQ(asks(), std::vector{words("status.none")});

    EXPECT_EQ(owners_texts(), before + 1);
}

TEST_F(SafeContact_Query, WakesHerOnceAnHour) {
    const auto before = owners_texts();
    asks();
    world_.pass(50min);
    asks();
    EXPECT_EQ(owners_texts(), before + 1);

    world_.pass(15min);
    asks();

    EXPECT_EQ(owners_texts(), before + 2);
}

/// Calls that we place: nothing of substance before the agreed code (3.4, point 3).
class SafeContact_Call : public SafeContact {
  protected:
    SafeContact_Call() {
        plan({.way = Way::kCall,
              .safe_word = "12",
              .unsafe_word = "34",
              .neutral_name = "王姐",
              .cover_story = std::string{kCoverStory}});
        sent_ = call().value();
        world_.in([&](storage::Transaction& tx) {
            const auto now = world_.clock.now();
            for (auto message : tx.outbox().claim_due("voice", now, now + 1min, 10)) {
                message.state = MessageState::kSent;
                tx.outbox().settle(message);
            }
        });
        phone_.picks_up(sent_);
    }
    bool hears(std::string_view part) const {
        const auto all = phone_.words();
        return std::ranges::any_of(all, [&](const auto& one) { return one.find(part) != std::string::npos; });
    }
    void expect_story_only() const {
        EXPECT_TRUE(hears(kCoverStory));
        EXPECT_FALSE(hears(kSubstance));
        EXPECT_EQ(phone_.words().size(), 1U);
    }

    core::OutboxId sent_{};
    Caller phone_{world_, her_};
};

TEST_F(SafeContact_Call, BeginsWithTheNameAndTheStory) {
    expect_story_only();
    EXPECT_TRUE(hears("王姐"));
    EXPECT_TRUE(phone_.is_left_with<core::Gather>());
}

TEST_F(SafeContact_Call, TellsTheAnswerOnTheCodeForSafe) {
    phone_.keys("12#");

    EXPECT_TRUE(hears(kSubstance));
    phone_.keys("");
    EXPECT_EQ(message(sent_).state, MessageState::kDelivered);
}

TEST_F(SafeContact_Call, EveryOtherKeyEndsTheStoryAndPagesTheOwner) {
    for (const std::string_view keyed : {"34", "1", "0", "7", "1234"}) {
        const auto again = call();
        world_.in([&](storage::Transaction& tx) {
            const auto now = world_.clock.now();
            for (auto message : tx.outbox().claim_due("voice", now, now + 1min, 10)) {
                message.state = MessageState::kSent;
                tx.outbox().settle(message);
            }
        });
        phone_.picks_up(*again);
        const auto before = owners_texts();

        phone_.keys(keyed);
        expect_story_only();
        EXPECT_TRUE(phone_.is_left_with<core::HangUp>());
        phone_.hangs_up();

        EXPECT_EQ(message(*again).state, MessageState::kFailed) << keyed;
        EXPECT_GT(owners_texts(), before) << keyed;
        EXPECT_EQ(world_.entries(id_, CaseEntry::Kind::kNote).back(),
                  keyed == "34" ? "called: the code for not safe was keyed" : "called: a wrong code was keyed");
    }
}

TEST_F(SafeContact_Call, SilenceIsAskedOnceMore) {
    phone_.keys("");
    expect_story_only();
    EXPECT_TRUE(phone_.is_left_with<core::Gather>());

    phone_.keys("");
    EXPECT_FALSE(hears(kSubstance));
    EXPECT_TRUE(phone_.is_left_with<core::HangUp>());
}

TEST_F(SafeContact_Call, NineStaysDanger) {
    phone_.keys("9");

    EXPECT_TRUE(phone_.hears("safe.received"));
    EXPECT_FALSE(hears(kSubstance));
}

TEST_F(SafeContact_Call, TheKeyedCodeIsKeptNowhere) {
    phone_.keys("12");

    for (const auto& turn : world_.turns()) EXPECT_NE(turn.text, "12");
}

}  // namespace
}  // namespace harborline::gateway
