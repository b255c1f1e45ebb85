// A week-old backup comes back: what goes out by itself, to whom, and what must not (I10, I11).
#include <gmock/gmock.h>

#include "gateway/conversation/after_restore.hpp"
#include "gateway/conversation/key_watch.hpp"
#include "gateway/conversation/weekly_desk.hpp"
#include "tests/support/family.hpp"
#include "tests/support/world.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using core::MessageState;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::kWang;
using testing::phone;
using testing::World;

/// A service in the middle of its work, stopped there and settled as after a restore a week later.
class AfterRestore_Test : public ::testing::Test {
  protected:
    /// What every kind of deadline hangs on: half a petition, half a text, a matter, a reply.
    void live() {
        world.says(phone(2), "你好");
        world.says(phone(2), "2");
        matter_ = world.petition(phone(1));
        auto half = world.text(phone(3), "");
        half.fragment = core::Fragment{.reference = 7, .total = 2, .index = 1, .bytes = "半条", .charset = "UTF-8"};
        world.give(half);
        world.in([&](storage::Transaction& tx) {
            const auto replied = world.ground->replies().reply(tx, *tx.cases().find(matter_), world_staff(tx, "li"),
                                                               "地三天内还您", world.clock.now());
            ASSERT_TRUE(replied) << replied.error().message;
        });
    }
    static core::StaffId world_staff(storage::Transaction& tx, std::string_view key) {
        return tx.staff().by_key(key)->id;
    }
    AfterRestore settle(std::chrono::milliseconds later) {
        world.clock.advance(later);
        return world.in([&](storage::Transaction& tx) {
            return settle_after_restore(tx, world_staff(tx, "li"), world.clock.now(), world.ground->rules().zone);
        });
    }
    /// Messages to a phone that a sender would take.
    std::vector<core::Message> going_to(const core::PhoneNumber& to) {
        auto all = world.messages_to(to);
        std::erase_if(all, [](const core::Message& one) {
            return one.state != MessageState::kWaiting && one.state != MessageState::kSending;
        });
        return all;
    }

    World world;
    core::CaseId matter_{};
};

TEST_F(AfterRestore_Test, I11_AWeekLaterNobodyOutsideGetsAnything) {
    live();
    const auto outside = {phone(1), phone(2), phone(3)};
    std::size_t written = 0;
    for (const auto& one : outside) written += world.messages_to(one).size();

    const auto settled = settle(7 * 24h);
    world.pass(20 * 24h);

    EXPECT_GT(settled.held, 5);
    for (const auto& one : outside) EXPECT_THAT(going_to(one), IsEmpty());
    std::size_t now_written = 0;
    for (const auto& one : outside) now_written += world.messages_to(one).size();
    EXPECT_EQ(now_written, written);
}

/// It is Wednesday, ten o'clock; parents are asked on Fridays at six.
TEST_F(AfterRestore_Test, I11_NoParentIsAskedAgainInTheWeekOfTheRestore) {
    const auto mother = phone(5);
    world.in([&](storage::Transaction& tx) {
        testing::add_child_and_mother(tx, "小明", mother, world.clock.now());
        WeeklyDesk(world.ground->rules(), world.ground->taker().desk()).begin(tx, world.clock.now());
    });
    world.pass(57h);
    EXPECT_THAT(going_to(mother), IsEmpty()) << "the first week is no silent one";

    settle(7 * 24h);
    world.pass(1min);
    EXPECT_THAT(going_to(mother), IsEmpty()) << "she may have been asked an hour ago, or have answered";

    world.pass(7 * 24h);
    EXPECT_EQ(going_to(mother).size(), 1U);
}

TEST_F(AfterRestore_Test, WhatWasHalfToldIsFiledAndHalfATextIsKeptForAPerson) {
    live();

    settle(7 * 24h);
    world.pass(2 * 24h);

    const auto stranded = world.stranded();
    ASSERT_EQ(stranded.size(), 1U);
    EXPECT_THAT(stranded.front().inbound.text, HasSubstr("半条"));
    EXPECT_EQ(world.events("stranded"), 1);
}

TEST_F(AfterRestore_Test, I4_AHeldReplyWhoseTimeIsOverBringsTheTaskBack) {
    live();
    ASSERT_EQ(world.matter(matter_).status, core::CaseStatus::kReplied);

    settle(7 * 24h);
    world.pass(1min);

    EXPECT_EQ(world.matter(matter_).status, core::CaseStatus::kAccepted);
    EXPECT_THAT(going_to(phone(1)), IsEmpty());
}

TEST_F(AfterRestore_Test, I10_AnOpenAlertBeginsItsLadderAnew) {
    world.says(phone(1), "9");
    world.pass(16min);
    ASSERT_EQ(world.open_alerts().size(), 1U);
    ASSERT_GT(world.open_alerts().front().steps_done, 2);
    const auto before = world.messages_to(kWang).size();

    const auto settled = settle(7 * 24h);
    EXPECT_EQ(settled.alerts, 1);
    EXPECT_THAT(going_to(kWang), IsEmpty()) << "pages from before are held like everything else";
    world.keep_what_is_due();

    const auto pages = going_to(kWang);
    ASSERT_EQ(pages.size(), 1U);
    EXPECT_EQ(world.messages_to(kWang).size(), before + 1);
    EXPECT_GT(pages.front().expires_at, world.clock.now());
    EXPECT_THAT(going_to(testing::kZhao), IsEmpty());
    world.pass(5min);
    EXPECT_EQ(going_to(testing::kZhao).size(), 1U) << "the second is paged five minutes after the first, as ever";
}

TEST_F(AfterRestore_Test, ATakenAlertRests) {
    world.says(phone(1), "9");
    world.says(kWang, "接1");

    EXPECT_EQ(settle(24h).alerts, 0);
    world.pass(10min);

    EXPECT_EQ(going_to(kWang).size(), 1U) << "she is asked whether she is still at it";
    EXPECT_THAT(going_to(testing::kZhao), IsEmpty());
}

TEST_F(AfterRestore_Test, PageCodesOfTheLostDayAreNotGivenOutAgainForADay) {
    settle(1h);

    world.petition(phone(1));
    EXPECT_EQ(world.pages_of("wang").front().code, 111);
    world.news(kWang);
    EXPECT_THAT(world.says(kWang, "接1"), ::testing::ElementsAre(testing::words("cw.unknown")));

    world.pass(25h);
    world.petition(phone(2));
    EXPECT_LT(world.pages_of("wang").front().code, 10);
}

TEST_F(AfterRestore_Test, AReleasedReplyIsLookedAfterAgain) {
    live();
    settle(7 * 24h);
    world.pass(1min);
    const auto held = world.in([](storage::Transaction& tx) {
        auto all = tx.outbox().in_state(MessageState::kHeld, World::kAll);
        return *std::ranges::find(all, core::MessageClass::kReply, &core::Message::kind);
    });
    world.in([&](storage::Transaction& tx) { world.ground->replies().send_again(tx, held, world.clock.now()); });
    EXPECT_EQ(world.matter(matter_).status, core::CaseStatus::kReplied);

    world.pass(73h);

    EXPECT_EQ(world.matter(matter_).status, core::CaseStatus::kAccepted) << "it expired unsent, and nobody noticed";
}

TEST_F(AfterRestore_Test, ADroppedReplyBringsTheTaskBack) {
    live();
    settle(1h);
    world.in([&](storage::Transaction& tx) {
        for (const auto& held : tx.outbox().in_state(MessageState::kHeld, World::kAll))
            world.ground->replies().drop(tx, held, world.clock.now());
    });

    EXPECT_EQ(world.matter(matter_).status, core::CaseStatus::kAccepted);
    EXPECT_THAT(world.entries(matter_, core::CaseEntry::Kind::kReceipt),
                ::testing::ElementsAre("the reply did not arrive"));
}

/// Not only after a restore: the service may have been away for as long.
TEST_F(AfterRestore_Test, PartsThatCameLongAgoAreKeptWithoutAWord) {
    auto half = world.text(phone(3), "");
    half.fragment = core::Fragment{.reference = 7, .total = 2, .index = 1, .bytes = "半条", .charset = "UTF-8"};
    world.give(half);
    world.clock.advance(61min);
    world.keep_what_is_due();
    EXPECT_THAT(world.news(phone(3)), IsEmpty());
    EXPECT_EQ(world.stranded().size(), 1U);

    world.in([&](storage::Transaction& tx) {
        world.ground->taker().retry(tx, tx.stranded().list(1).front().id, world.clock.now());
    });
    EXPECT_EQ(world.news(phone(3)).size(), 1U) << "a person has decided that it is answered";
}

TEST_F(AfterRestore_Test, TheKeysBackupIsRemembered) {
    EXPECT_FALSE(world.in([](storage::Transaction& tx) { return is_key_backed_up(tx); }));

    world.in([&](storage::Transaction& tx) { note_key_backed_up(tx, {}, world.clock.now()); });
    world.reopen();

    EXPECT_TRUE(world.in([](storage::Transaction& tx) { return is_key_backed_up(tx); }));
}

}  // namespace
}  // namespace harborline::gateway
