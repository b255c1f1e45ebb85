// I6: a person who may be watched gets no text she did not choose. The sender refuses, not the staff's memory.
#include <algorithm>
#include <array>
#include <string>

#include "gateway/conversation/safe_contact.hpp"
#include "tests/gateway/workers/worker_fixture.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using core::MessageClass;
using core::MessageState;
using safety::Way;

constexpr std::array kUnasked{MessageClass::kReply, MessageClass::kNotice, MessageClass::kAutomatic,
                              MessageClass::kKinship};

/// It is ten in the morning of a Wednesday.
class SafeContact_Sender : public WorkerFixture {
  protected:
    void plan(const safety::ContactPlan& chosen) {
        world_.in([&](storage::Transaction& tx) {
            put_contact_plan(tx, tx.handsets().find_or_add(her_, world_.clock.now()).id, chosen);
        });
    }
    static safety::Window hours(int from, int to) { return {.from_min = from * 60, .to_min = to * 60}; }
    core::CaseId danger() {
        world_.says(her_, "9");
        return world_.open_alerts().front().case_id;
    }
    /// A reply of her caseworker's; a refusal throws.
    core::OutboxId reply(core::CaseId id) {
        return world_.in([&](storage::Transaction& tx) {
            const auto matter = *tx.cases().find(id);
            return world_.ground->replies().reply(tx, matter, matter.owner, "周三照常上课", world_.clock.now()).value();
        });
    }
    bool was_sent(core::OutboxId id) const { return std::ranges::count(sent_, id.value, &Sent::id) > 0; }
    void deliver_all() {
        for (int rounds = 0; rounds < 20 && deliver() > 0; ++rounds) {
        }
    }
};

TEST_F(SafeContact_Sender, AfterTheFirstAnswerNothingUnaskedGoesToHerInDanger) {
    danger();
    const auto answer = world_.messages_to(her_).front().id;
    deliver_all();
    EXPECT_TRUE(was_sent(answer));

    for (const auto kind : kUnasked) {
        const auto id = add(kind);
        deliver_all();
        EXPECT_FALSE(was_sent(id));
        EXPECT_EQ(message(id).state, MessageState::kDropped);
        EXPECT_FALSE(message(id).reason.empty());
    }
}

TEST_F(SafeContact_Sender, AnAnswerThatCouldNotGoAtOnceNeverGoes) {
    danger();
    const auto answer = world_.messages_to(her_).front().id;

    world_.clock.advance(safety::kAtOnce + 1s);
    deliver_all();

    EXPECT_FALSE(was_sent(answer));
    EXPECT_EQ(message(answer).state, MessageState::kDropped);
}

TEST_F(SafeContact_Sender, AnAnswerThatGoesAgainComesUnaskedByThen) {
    danger();
    const auto answer = world_.messages_to(her_).front().id;
    answers_.assign(10, says(SendResult::Kind::kRetry));
    deliver();
    ASSERT_TRUE(was_sent(answer));
    ASSERT_EQ(message(answer).state, MessageState::kWaiting);
    sent_.clear();
    answers_.clear();

    world_.clock.advance(10min);
    deliver_all();

    EXPECT_FALSE(was_sent(answer));
}

TEST_F(SafeContact_Sender, ClosingTheMatterEndsTheDefault) {
    const auto id = danger();
    world_.in([&](storage::Transaction& tx) {
        const auto matter = *tx.cases().find(id);
        ASSERT_TRUE(world_.ground->replies().close(tx, matter, matter.owner, "she is safe", world_.clock.now()));
    });

    const auto notice = add(MessageClass::kNotice);
    deliver_all();

    EXPECT_TRUE(was_sent(notice));
}

TEST_F(SafeContact_Sender, WhatComesOutsideHerHoursWaitsForThemAndIsNoAttempt) {
    plan({.way = Way::kText, .windows = {hours(19, 21)}});
    const auto id = add(MessageClass::kReply, 24h);

    EXPECT_EQ(deliver(), 0);
    EXPECT_EQ(message(id).state, MessageState::kWaiting);
    EXPECT_EQ(message(id).due_at, world_.clock.now() + 9h);
    EXPECT_EQ(message(id).attempts, 0);
    world_.clock.advance(9h - 1min);
    EXPECT_EQ(deliver(), 0);
    world_.clock.advance(1min);
    EXPECT_EQ(deliver(), 1);

    EXPECT_TRUE(was_sent(id));
    EXPECT_EQ(message(id).attempts, 1);
}

TEST_F(SafeContact_Sender, WhatExpiresBeforeHerHoursComesBackToItsOwner) {
    const auto matter = danger();
    plan({.way = Way::kText, .windows = {hours(11, 12)}});
    const auto id = reply(matter);
    EXPECT_EQ(message(id).due_at, world_.clock.now() + 1h - 5s);
    plan({.way = Way::kText, .windows = {{.days = 2, .from_min = 600, .to_min = 660}}});  // Next Tuesday.

    world_.clock.advance(1h);
    deliver_all();
    EXPECT_EQ(message(id).due_at, message(id).expires_at);
    world_.clock.advance(72h);
    deliver_all();
    keep_deadlines();

    EXPECT_FALSE(was_sent(id));
    EXPECT_EQ(message(id).state, MessageState::kExpired);
    EXPECT_EQ(world_.matter(matter).status, core::CaseStatus::kAccepted);
}

TEST_F(SafeContact_Sender, APlanThatChangesMeanwhileStopsAReplyAndBringsTheTaskBack) {
    const auto matter = danger();
    plan({.way = Way::kText});
    const auto id = reply(matter);
    plan({.way = Way::kNone});

    deliver_all();

    EXPECT_FALSE(was_sent(id));
    EXPECT_EQ(message(id).state, MessageState::kDropped);
    EXPECT_EQ(message(id).reason, "only she contacts us");
    EXPECT_EQ(world_.matter(matter).status, core::CaseStatus::kAccepted);
}

TEST_F(SafeContact_Sender, WhatSheChoseGoesThoughHerMatterIsOpen) {
    const auto matter = danger();
    plan({.way = Way::kText});

    const auto id = reply(matter);
    deliver_all();

    EXPECT_TRUE(was_sent(id));
}

TEST_F(SafeContact_Sender, APlanThatNobodyCanReadLetsNothingOut) {
    world_.in([&](storage::Transaction& tx) {
        tx.contact_plans().put(tx.handsets().find_or_add(her_, world_.clock.now()).id, "\x7f");
    });

    const auto id = add(MessageClass::kNotice);
    deliver_all();

    EXPECT_EQ(message(id).state, MessageState::kDropped);
}

TEST_F(SafeContact_Sender, NoTelephoneRingsThatSheDidNotChoose) {
    channel_.kind = core::ChannelKind::kVoice;
    plan({.way = Way::kText});
    const auto unwanted = add(MessageClass::kReply);
    deliver();
    EXPECT_EQ(message(unwanted).state, MessageState::kDropped);

    plan({.way = Way::kCall, .windows = {hours(21, 22)}});
    const auto id = add(MessageClass::kReply, 24h);
    deliver();
    EXPECT_EQ(message(id).due_at, world_.clock.now() + 11h);
}

TEST_F(SafeContact_Sender, StaffArePagedWhateverTheirOwnPlanSays) {
    world_.in([&](storage::Transaction& tx) {
        put_contact_plan(tx, tx.handsets().find_or_add(testing::kWang, world_.clock.now()).id, {.way = Way::kNone});
    });
    danger();
    const auto page = world_.messages_to(testing::kWang).front().id;

    deliver_all();

    EXPECT_TRUE(was_sent(page));
}

}  // namespace
}  // namespace harborline::gateway
