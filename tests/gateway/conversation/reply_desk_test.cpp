// I4: no matter closes without a delivered reply or a reason, and a reply that fails brings its task back.
#include "gateway/conversation/reply_desk.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>

#include "gateway/workers/clock_worker.hpp"
#include "tests/support/world.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using core::CaseStatus;
using core::MessageState;
using testing::kAdmin;
using testing::kWang;
using testing::phone;
using testing::words;
using testing::World;

class I4_Reply : public ::testing::Test {
  protected:
    I4_Reply() {
        matter_ = world_.petition(her_);
        world_.says(kWang, "收到");
        world_.news(kWang);
        world_.news(her_);
    }

    core::Result<core::OutboxId> reply(std::string_view text = "村里三天内把地还给您") {
        return world_.in([&](storage::Transaction& tx) {
            return world_.ground->replies().reply(tx, *tx.cases().find(matter_), wang_, text, world_.clock.now());
        });
    }
    core::Result<void> close(std::string_view reason = {}) {
        return world_.in([&](storage::Transaction& tx) {
            return world_.ground->replies().close(tx, *tx.cases().find(matter_), wang_, reason, world_.clock.now());
        });
    }
    /// The carrier takes the message.
    core::Message send(core::OutboxId id) {
        return world_.in([&](storage::Transaction& tx) {
            core::Message sent;
            for (auto& message : tx.outbox().claim_due(world_.channel().name, world_.clock.now(),
                                                       world_.clock.now() + 1min, World::kAll)) {
                message.state = MessageState::kSent;
                tx.outbox().settle(message);
                if (message.id == id) sent = message;
            }
            return sent;
        });
    }
    bool receipt(core::OutboxId id, core::ReceiptState state, int part = 1, int parts = 1) {
        return world_.in([&](storage::Transaction& tx) {
            return world_.ground->replies().receipt(tx, {.message = id,
                                                         .part = static_cast<std::uint8_t>(part),
                                                         .parts = static_cast<std::uint8_t>(parts),
                                                         .state = state,
                                                         .at = world_.clock.now()});
        });
    }
    CaseStatus status() { return world_.matter(matter_).status; }
    void set(const std::function<void(core::Case&)>& change) {
        world_.in([&](storage::Transaction& tx) {
            auto changed = *tx.cases().find(matter_);
            change(changed);
            tx.cases().update(changed);
        });
    }
    /// The task is wang's again, and she knows.
    void expect_back_with_its_owner() {
        EXPECT_EQ(status(), CaseStatus::kAccepted);
        world_.pass(10min);  // Behind the page of the matter itself: what comes sooner waits for one text.
        EXPECT_EQ(world_.news(kWang).size(), 1U);
        const auto receipts = world_.entries(matter_, core::CaseEntry::Kind::kReceipt);
        ASSERT_FALSE(receipts.empty());
        EXPECT_EQ(receipts.back(), "the reply did not arrive");
        EXPECT_FALSE(close());
    }

    World world_{};
    core::StaffId wang_ = world_.staff("wang");
    core::PhoneNumber her_ = phone(1);
    core::CaseId matter_{};
};

TEST_F(I4_Reply, ClosingIsRefusedWithoutAReplyOrAReason) {
    const auto refused = close();

    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, core::ErrorKind::kConflict);
    EXPECT_EQ(status(), CaseStatus::kAccepted);
}

TEST_F(I4_Reply, ClosingIsRefusedUntilTheReplyIsDelivered) {
    const auto id = reply().value();
    EXPECT_FALSE(close());  // Not even sent.
    send(id);
    EXPECT_FALSE(close());
    receipt(id, core::ReceiptState::kBuffered);
    EXPECT_FALSE(close());
    receipt(id, core::ReceiptState::kAccepted);
    EXPECT_FALSE(close());
    EXPECT_EQ(status(), CaseStatus::kReplied);

    receipt(id, core::ReceiptState::kDelivered);

    EXPECT_TRUE(close());
    EXPECT_EQ(status(), CaseStatus::kClosed);
    EXPECT_FALSE(close("again"));
}

TEST_F(I4_Reply, WhatSheSaysToItBringsHerMatterBackToItsOwnerOnce) {
    const auto id = reply().value();
    send(id);
    receipt(id, core::ReceiptState::kDelivered);
    world_.pass(10min);
    world_.news(kWang);

    world_.says(her_, "那我明天去找谁");

    EXPECT_EQ(status(), CaseStatus::kAccepted);
    EXPECT_EQ(world_.entries(matter_, core::CaseEntry::Kind::kSaid).back(), "那我明天去找谁");
    EXPECT_EQ(world_.news(kWang).size(), 1U);
    world_.says(her_, "几点");
    EXPECT_TRUE(world_.news(kWang).empty());
    EXPECT_TRUE(close());
}

TEST_F(I4_Reply, EveryPartOfALongReplyMustArrive) {
    const auto id = reply().value();
    send(id);

    receipt(id, core::ReceiptState::kDelivered, 1, 2);
    EXPECT_FALSE(close());
    receipt(id, core::ReceiptState::kDelivered, 2, 2);

    EXPECT_TRUE(close());
}

TEST_F(I4_Reply, AReasonClosesAndIsWrittenDown) {
    ASSERT_TRUE(close("a text would put her in danger"));

    EXPECT_EQ(status(), CaseStatus::kClosed);
    const auto timeline = world_.entries(matter_, core::CaseEntry::Kind::kStatus);
    EXPECT_NE(timeline.back().find("a text would put her in danger"), std::string::npos);
    EXPECT_EQ(world_.entries(matter_).back().by, world_.staff("wang"));
}

TEST_F(I4_Reply, WhatWaitsStillDoesNotGoBehindSuchAReason) {
    const auto waits = reply().value();

    ASSERT_TRUE(close("a text would put her in danger"));

    world_.clock.advance(1h);
    EXPECT_EQ(send(waits).id, core::OutboxId{});
    EXPECT_EQ(world_.entries(matter_, core::CaseEntry::Kind::kReceipt).back(),
              "the reply is not sent any more: the matter is closed");
}

TEST_F(I4_Reply, AnAttemptThatIsUnderWayIsTheLastBehindSuchAReason) {
    const auto id = reply().value();
    auto tried = world_.in([&](storage::Transaction& tx) {
        const auto now = world_.clock.now();
        const auto taken = tx.outbox().claim_due(world_.channel().name, now, now + 1min, World::kAll);
        return *std::ranges::find(taken, id, &core::Message::id);
    });

    ASSERT_TRUE(close("a text would put her in danger"));
    tried.state = MessageState::kWaiting;
    world_.in([&](storage::Transaction& tx) { tx.outbox().settle(tried); });

    world_.clock.advance(1h);
    EXPECT_EQ(send(id).id, core::OutboxId{});
}

TEST_F(I4_Reply, TheFirstReplyDeliveredDoesNotStandForTheSecond) {
    const auto first = reply().value();
    send(first);
    receipt(first, core::ReceiptState::kDelivered);
    const auto second = reply("还有一点").value();
    send(second);

    EXPECT_FALSE(close());

    receipt(second, core::ReceiptState::kDelivered);
    EXPECT_TRUE(close());
}

/// A long answer in two replies.
TEST_F(I4_Reply, AnEarlierReplyThatFailsIsToldThoughTheLaterOneArrives) {
    const auto first = reply().value();
    const auto second = reply("还有一点").value();
    send(second);
    receipt(second, core::ReceiptState::kDelivered);

    receipt(first, core::ReceiptState::kFailed);

    EXPECT_EQ(status(), CaseStatus::kReplied);
    EXPECT_EQ(world_.entries(matter_, core::CaseEntry::Kind::kReceipt).back(), "the reply did not arrive");
    world_.pass(10min);
    EXPECT_EQ(world_.news(kWang).size(), 1U);
}

TEST_F(I4_Reply, AFailureThatWasToldIsNotToldAgainWhenItsTimeIsOver) {
    const auto first = reply().value();
    send(first);
    world_.clock.advance(world_.settings.outbox.receipt_window + 1h);
    world_.in([&](storage::Transaction& tx) {
        const auto now = world_.clock.now();
        give_up_receipts(tx, world_.ground->replies(), now - world_.settings.outbox.receipt_window, now);
    });
    ASSERT_EQ(status(), CaseStatus::kAccepted);
    const auto second = reply("我们再写一次").value();
    send(second);
    receipt(second, core::ReceiptState::kDelivered);

    world_.pass(73h);

    const auto receipts = world_.entries(matter_, core::CaseEntry::Kind::kReceipt);
    EXPECT_EQ(std::ranges::count(receipts, "the reply did not arrive"), 1);
    EXPECT_EQ(status(), CaseStatus::kReplied);
}

TEST_F(I4_Reply, AReplyThatGoesAgainAndFailsAgainIsToldAgain) {
    const auto id = reply().value();
    send(id);
    receipt(id, core::ReceiptState::kFailed);
    ASSERT_EQ(status(), CaseStatus::kAccepted);
    world_.in([&](storage::Transaction& tx) {
        world_.ground->replies().send_again(tx, *tx.outbox().find(id), world_.clock.now());
    });
    EXPECT_EQ(status(), CaseStatus::kReplied);
    send(id);

    receipt(id, core::ReceiptState::kFailed);

    EXPECT_EQ(status(), CaseStatus::kAccepted);

    const auto receipts = world_.entries(matter_, core::CaseEntry::Kind::kReceipt);
    EXPECT_EQ(std::ranges::count(receipts, "the reply did not arrive"), 2);
}

TEST_F(I4_Reply, AFailedReceiptBringsTheTaskBackOnce) {
    const auto id = reply().value();
    send(id);

    EXPECT_TRUE(receipt(id, core::ReceiptState::kFailed));
    EXPECT_TRUE(receipt(id, core::ReceiptState::kFailed));

    expect_back_with_its_owner();
}

TEST_F(I4_Reply, TheOwnerOfAFailedReplyIsToldEveryDayUntilSheAnswers) {
    const auto id = reply().value();
    send(id);
    receipt(id, core::ReceiptState::kFailed);
    expect_back_with_its_owner();

    for (int day = 1; day <= 3; ++day) {
        world_.pass(24h);
        EXPECT_EQ(world_.news(kWang).size(), 1U) << "day " << day;
    }

    world_.says(kWang, "收到");
    world_.pass(72h);
    EXPECT_TRUE(world_.news(kWang).empty());
}

TEST_F(I4_Reply, TheOwnerOfAFailedReplyIsLeftAloneOnceSheHasRepliedAgain) {
    const auto failed = reply().value();
    send(failed);
    receipt(failed, core::ReceiptState::kFailed);
    expect_back_with_its_owner();
    send(reply("我们打电话给您").value());

    world_.pass(48h);

    EXPECT_TRUE(world_.news(kWang).empty());
}

TEST_F(I4_Reply, AMissingReceiptBringsTheTaskBackOnce) {
    const auto id = reply().value();
    send(id);
    const auto give_up = [&] {
        world_.in([&](storage::Transaction& tx) {
            give_up_receipts(tx, world_.ground->replies(), world_.clock.now() - world_.settings.outbox.receipt_window,
                             world_.clock.now());
        });
    };
    world_.clock.advance(23h);
    give_up();
    ASSERT_EQ(status(), CaseStatus::kReplied);

    world_.clock.advance(2h);
    give_up();
    give_up();

    const auto state = world_.in([&](storage::Transaction& tx) { return tx.outbox().find(id)->state; });
    EXPECT_EQ(state, MessageState::kUnknown);
    expect_back_with_its_owner();
    // It came after all.
    receipt(id, core::ReceiptState::kDelivered);
    EXPECT_TRUE(close());
}

TEST_F(I4_Reply, ADeadOrUnknownMessageBringsTheTaskBack) {
    for (const auto end : {MessageState::kDead, MessageState::kUnknown}) {
        const auto id = reply().value();
        world_.in([&](storage::Transaction& tx) {
            auto message = *tx.outbox().find(id);
            message.state = end;
            world_.ground->replies().did_not_arrive(tx, message, world_.clock.now());
        });
        expect_back_with_its_owner();
    }
}

TEST_F(I4_Reply, AReplyThatCouldNotGoOutInItsTimeBringsTheTaskBackOnce) {
    reply();

    world_.pass(73h);

    // Of the pages of three days only those after the expiry matter here.
    EXPECT_EQ(status(), CaseStatus::kAccepted);
    EXPECT_EQ(world_.entries(matter_, core::CaseEntry::Kind::kReceipt).size(), 1U);
    EXPECT_FALSE(world_.news(kWang).empty());
    world_.pass(24h);
    EXPECT_EQ(world_.entries(matter_, core::CaseEntry::Kind::kReceipt).size(), 1U);
}

TEST_F(I4_Reply, AReplyThatWentOutInTimeDoesNotComeBackForItsAge) {
    const auto id = reply().value();
    send(id);
    receipt(id, core::ReceiptState::kDelivered);

    world_.pass(74h);

    EXPECT_EQ(status(), CaseStatus::kReplied);
}

TEST_F(I4_Reply, AReplySentAgainByAPersonHasItsTimeAnew) {
    const auto id = reply().value();
    world_.pass(71h);
    world_.in([&](storage::Transaction& tx) {
        tx.outbox().move(id, MessageState::kWaiting, world_.clock.now(), world_.clock.now() + 72h);
    });

    world_.pass(3h);
    EXPECT_EQ(status(), CaseStatus::kReplied);

    world_.pass(72h);
    EXPECT_EQ(status(), CaseStatus::kAccepted);
}

TEST_F(I4_Reply, AReceiptForSomebodyElsesMessageIsToldApart) {
    EXPECT_FALSE(receipt(core::OutboxId{987'654}, core::ReceiptState::kDelivered));
}

/// I6: what she chose, or what a text would betray, refuses the reply.
struct Refusal {
    std::string name{};
    std::function<void(core::Case&)> change{};
    storage::OptOut opt_out = storage::OptOut::kNone;
    friend void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.name; }
};

class I4_RefusedReply : public I4_Reply, public ::testing::WithParamInterface<Refusal> {};

TEST_P(I4_RefusedReply, SaysWhyWritesNothingAndLetsAReasonClose) {
    world_.in([&](storage::Transaction& tx) {
        auto handset = *tx.handsets().find(her_);
        handset.opt_out = GetParam().opt_out;
        tx.handsets().update(handset);
    });
    if (GetParam().change) set(GetParam().change);
    const auto before = world_.fingerprint();

    const auto refused = reply();

    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, core::ErrorKind::kRefused);
    EXPECT_FALSE(refused.error().message.empty());
    EXPECT_EQ(world_.fingerprint(), before);
    EXPECT_EQ(close("said to her in person").has_value(), GetParam().name != "Closed");
}

INSTANTIATE_TEST_SUITE_P(
    Refusals, I4_RefusedReply,
    ::testing::Values(Refusal{"OnlySheContactsUs",
                              [](core::Case& matter) { matter.contact = core::ContactBack::kNone; }},
                      Refusal{"WantsACall", [](core::Case& matter) { matter.contact = core::ContactBack::kCall; }},
                      Refusal{"Closed", [](core::Case& matter) { matter.status = CaseStatus::kClosed; }},
                      Refusal{"OptedOutOfEverything", {}, storage::OptOut::kEverything}),
    [](const auto& param_info) { return param_info.param.name; });

TEST_F(I4_Reply, OptedOutOfNoticesStillGetsTheAnswerToHerOwnMatter) {
    world_.says(her_, "TD");

    EXPECT_TRUE(reply());
}

TEST_F(I4_Reply, ASafetyMatterIsNeverAnsweredByText) {
    world_.says(phone(2), "9");
    matter_ = world_.open_alerts().front().case_id;

    EXPECT_FALSE(reply());
    EXPECT_TRUE(world_.in([&](storage::Transaction& tx) {
        return world_.ground->replies().close(tx, *tx.cases().find(matter_), wang_, "she is safe", world_.clock.now());
    }));
}

TEST_F(I4_Reply, AnAnswerLongerThanSixTextsIsRefused) {
    std::string endless;
    for (int i = 0; i < 450; ++i) endless += "长";

    EXPECT_FALSE(reply(endless));
}

TEST_F(I4_Reply, FifteenDaysWithoutAnAnswerAreAnEvent) {
    world_.pass(16 * 24h);

    EXPECT_EQ(world_.events("notice_overdue"), 1);
    EXPECT_FALSE(world_.news(kAdmin).empty());
}

TEST_F(I4_Reply, WhoeverWasAnsweredInTimeIsNoneThoughSheWantsAnother) {
    const auto id = reply().value();
    send(id);
    receipt(id, core::ReceiptState::kDelivered);
    world_.pass(10min);
    world_.says(her_, "那我明天去找谁");

    world_.pass(16 * 24h);

    EXPECT_EQ(status(), CaseStatus::kAccepted);
    EXPECT_EQ(world_.events("notice_overdue"), 0);
}

}  // namespace
}  // namespace harborline::gateway
