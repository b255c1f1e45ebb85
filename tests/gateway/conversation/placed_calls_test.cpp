// An answer by telephone: whoever picks up is asked first, and only what was heard to its end has arrived.
#include <gtest/gtest.h>

#include <string>

#include "handlers/render/voice.hpp"
#include "tests/support/caller.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using core::MessageState;
using testing::Caller;
using testing::phone;
using testing::World;

constexpr std::string_view kText = "村委会已经把地还给您";

class PlacedCalls : public ::testing::Test {
  protected:
    core::Result<core::OutboxId> reply(core::CaseId id, std::string_view text = kText) {
        return world_.in([&](storage::Transaction& tx) {
            const auto matter = *tx.cases().find(id);
            return world_.ground->replies().reply_by_phone(tx, matter, matter.owner, {.text = std::string{text}},
                                                           world_.clock.now());
        });
    }
    /// As the sender does it once she has answered.
    void send(core::OutboxId id) {
        world_.in([&](storage::Transaction& tx) {
            const auto now = world_.clock.now();
            for (auto message : tx.outbox().claim_due("voice", now, now + 1min, 10)) {
                message.state = MessageState::kSent;
                tx.outbox().settle(message);
            }
            ASSERT_EQ(tx.outbox().find(id)->state, MessageState::kSent);
        });
    }
    core::Message message(core::OutboxId id) {
        return world_.in([&](storage::Transaction& tx) { return *tx.outbox().find(id); });
    }
    bool tells_answer(const Caller& caller) {
        const auto all = caller.words();
        return std::ranges::any_of(all, [](const auto& words) { return words.find(kText) != std::string::npos; });
    }
    std::size_t owners_pages() {
        const auto owner = world_.matter(id_).owner;
        const auto number = world_.in([&](storage::Transaction& tx) { return tx.staff().find(owner)->phone; });
        return world_.messages_to(number).size();
    }

    World world_{testing::shipped_roster(), testing::settings_with_voice()};
    core::PhoneNumber her_ = phone(1);
    core::CaseId id_ = world_.petition(her_, "1");
};

TEST_F(PlacedCalls, AskFirstAndTellTheAnswerOnOne) {
    const auto sent = reply(id_).value();
    send(sent);
    Caller her{world_, her_};

    her.picks_up(sent);
    EXPECT_TRUE(her.hears("call.ask"));
    EXPECT_EQ(her.answer().sounds.size(), 1U);
    her.keys("1");

    EXPECT_TRUE(tells_answer(her));
    EXPECT_EQ(message(sent).state, MessageState::kSent);
}

TEST_F(PlacedCalls, AnAnswerHeardToItsEndIsDelivered) {
    const auto sent = reply(id_).value();
    send(sent);
    Caller her{world_, her_};
    her.picks_up(sent);
    her.keys("1");

    her.keys("");
    EXPECT_TRUE(her.hears("call.again"));
    EXPECT_EQ(message(sent).state, MessageState::kDelivered);
    her.keys("8");
    EXPECT_TRUE(tells_answer(her));
    her.keys("");
    EXPECT_TRUE(her.is_left_with<core::HangUp>());
    her.hangs_up();

    EXPECT_EQ(message(sent).state, MessageState::kDelivered);
    EXPECT_EQ(world_.matter(id_).status, core::CaseStatus::kReplied);
}

TEST_F(PlacedCalls, WhoeverDoesNotSayThatItIsHersHearsNothing) {
    const auto sent = reply(id_).value();
    send(sent);
    Caller machine{world_, her_};
    machine.picks_up(sent);
    const auto before = owners_pages();

    for (const std::string_view keyed : {"5", ""}) {
        EXPECT_TRUE(machine.hears("call.ask"));
        machine.keys(keyed);
        EXPECT_FALSE(tells_answer(machine));
    }
    EXPECT_TRUE(machine.is_left_with<core::HangUp>());
    machine.hangs_up();

    EXPECT_EQ(message(sent).state, MessageState::kFailed);
    EXPECT_EQ(world_.matter(id_).status, core::CaseStatus::kAccepted);
    EXPECT_GT(owners_pages(), before);
}

TEST_F(PlacedCalls, ThatTheCarrierSaysItWasAnsweredIsNoDelivery) {
    const auto sent = reply(id_).value();
    send(sent);

    world_.in([&](storage::Transaction& tx) {
        world_.ground->replies().receipt(
            tx, {.message = sent, .state = core::ReceiptState::kDelivered, .at = world_.clock.now()});
    });

    EXPECT_EQ(message(sent).state, MessageState::kSent);
}

TEST_F(PlacedCalls, AnAnswerCutShortHasNotArrived) {
    const auto sent = reply(id_).value();
    send(sent);
    Caller her{world_, her_};
    her.picks_up(sent);
    her.keys("1");

    her.hangs_up();

    EXPECT_EQ(message(sent).state, MessageState::kFailed);
}

TEST_F(PlacedCalls, AKeyInBetweenBringsItOnceMore) {
    const auto sent = reply(id_).value();
    send(sent);
    Caller her{world_, her_};
    her.picks_up(sent);
    her.keys("1");

    her.keys("3");

    EXPECT_TRUE(tells_answer(her));
    EXPECT_EQ(message(sent).state, MessageState::kSent);
}

TEST_F(PlacedCalls, NineIsDangerThereToo) {
    const auto sent = reply(id_).value();
    send(sent);
    Caller her{world_, her_};
    her.picks_up(sent);

    her.keys("9");

    EXPECT_EQ(world_.open_alerts().size(), 1U);
    EXPECT_TRUE(her.hears("safe.received"));
    EXPECT_EQ(message(sent).state, MessageState::kFailed);
}

TEST_F(PlacedCalls, AnEndThatNobodyToldIsFoundByTheClock) {
    const auto sent = reply(id_).value();
    send(sent);
    Caller her{world_, her_};
    her.picks_up(sent);

    world_.pass(2h);

    EXPECT_EQ(message(sent).state, MessageState::kFailed);
}

TEST_F(PlacedCalls, TellNothingToAnotherPhoneNorAboutAnotherRow) {
    const auto sent = reply(id_).value();
    send(sent);
    Caller other{world_, phone(2)};
    Caller her{world_, her_};

    other.picks_up(sent);
    her.picks_up(core::OutboxId{4'711});

    for (const auto* caller : {&other, &her}) {
        EXPECT_TRUE(caller->words().empty());
        EXPECT_TRUE(caller->is_left_with<core::HangUp>());
    }
    EXPECT_EQ(message(sent).state, MessageState::kSent);
}

TEST_F(PlacedCalls, AreKeptToTheDay) {
    const auto midnight = std::chrono::floor<std::chrono::days>(world_.clock.time) + 16h;  // The next in Shanghai.
    const auto due = [&](std::chrono::hours local) {
        world_.clock.time = midnight + local;
        return message(reply(id_).value()).due_at - midnight;
    };

    EXPECT_EQ(due(0h), 8h);
    EXPECT_EQ(due(7h), 8h);
    EXPECT_EQ(due(8h), 8h);
    EXPECT_EQ(due(19h), 19h);
    EXPECT_EQ(due(20h), 32h);
    EXPECT_EQ(due(23h), 32h);
}

TEST_F(PlacedCalls, I6_GoOnlyToWhoAskedToBeCalled) {
    for (const std::string_view contact : {"2", "3"}) {
        const auto refused = reply(world_.petition(phone(contact == "2" ? 2 : 3), contact));
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().kind, core::ErrorKind::kRefused);
    }
    world_.says(phone(4), "9");
    EXPECT_FALSE(reply(world_.open_alerts().front().case_id));
    const auto later = world_.clock.now() + 24h;
    EXPECT_TRUE(world_.in(
        [&](storage::Transaction& tx) { return tx.outbox().claim_due("voice", later, later + 1min, 10).empty(); }));
}

/// The voice gives up on what takes many minutes, and she would hear a tone for an answer.
TEST_F(PlacedCalls, AreNotMadeForWhatNobodyListensToTheEndOf) {
    std::string text;
    for (int at = 0; at < 600; ++at) text += "地";

    const auto refused = reply(id_, text + "还");

    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, core::ErrorKind::kRefused);
    EXPECT_TRUE(reply(id_, text));
}

TEST_F(PlacedCalls, WhoeverAnswersHerWhoWantsNothingAtAllIsToldAtOnce) {
    world_.says(her_, "全部停");

    const auto refused = reply(id_);

    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, core::ErrorKind::kRefused);
    EXPECT_NE(world_.matter(id_).status, core::CaseStatus::kReplied);
}

TEST_F(PlacedCalls, NeedAChannelThatCarriesCalls) {
    World without{testing::shipped_roster(), testing::settings_without_voice()};
    const auto id = without.petition(phone(1), "1");

    const auto refused = without.in([&](storage::Transaction& tx) {
        const auto matter = *tx.cases().find(id);
        return without.ground->replies().reply_by_phone(tx, matter, matter.owner, {.text = "您好"},
                                                        without.clock.now());
    });

    EXPECT_FALSE(refused);
}

}  // namespace
}  // namespace harborline::gateway
