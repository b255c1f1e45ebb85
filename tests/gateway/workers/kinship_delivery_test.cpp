// Relatives' words on their way out: what leaves, what does not any more, and that whoever wrote them is told once.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/conversation/kinship_desk.hpp"
#include "gateway/conversation/safe_contact.hpp"
#include "tests/gateway/workers/worker_fixture.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using core::MessageClass;
using core::MessageState;
using Told = std::vector<std::string>;

constexpr std::string_view kWords = "妈妈我想你";

/// Ming, who has a phone of its own, and its mother. It is ten in the morning.
class KinshipDelivery : public WorkerFixture {
  protected:
    KinshipDelivery() {
        world_.in([&](storage::Transaction& tx) {
            family_ = testing::add_child_and_mother(tx, "小明", her_, world_.clock.now());
            tx.people().put(core::PersonPhone{.person = family_.child, .number = ming_, .is_private = true},
                            world_.clock.now());
        });
    }

    /// Ming writes to its mother, or she to Ming.
    core::OutboxId writes(bool to_child = false) {
        return world_.in([&](storage::Transaction& tx) {
            const auto tie = *tx.people().tie(family_.tie);
            EXPECT_EQ(KinshipDesk(world_.ground->rules()).take(tx, tie, to_child, kWords, world_.clock.now()),
                      KinshipDesk::Taken::kSent);
            auto waiting = tx.outbox().in_state(MessageState::kWaiting, 100);
            std::erase_if(waiting, [](const auto& one) { return one.kind != MessageClass::kKinship; });
            return waiting.back().id;
        });
    }
    void change(const std::function<void(core::Tie&)>& how) {
        world_.in([&](storage::Transaction& tx) {
            auto tie = *tx.people().tie(family_.tie);
            how(tie);
            tx.people().put(tie);
        });
    }
    void bar() {
        change([](core::Tie& tie) { tie.state = core::Tie::State::kBarred; });
    }
    bool has_letter(core::OutboxId id) {
        return world_.in([&](storage::Transaction& tx) { return tx.letters().of_outbox(id).has_value(); });
    }
    void receipt(core::OutboxId id, core::ReceiptState state) {
        world_.in([&](storage::Transaction& tx) {
            world_.ground->replies().receipt(tx, {.message = id, .state = state, .at = world_.clock.now()});
        });
    }
    /// What Ming is told of its words.
    Told ming_hears() {
        auto news = world_.news(ming_);
        std::erase(news, std::string{});  // Rows of letters.
        return news;
    }
    const Told undelivered_{testing::words("kin.undelivered")};

    core::PhoneNumber ming_ = testing::phone(2);
    testing::ChildAndMother family_{};
};

TEST_F(KinshipDelivery, TheRowHoldsNoWordAndTheCarrierGetsThem) {
    const auto id = writes();
    EXPECT_TRUE(message(id).text.empty());

    deliver();

    ASSERT_EQ(sent_.size(), 1U);
    EXPECT_TRUE(sent_.front().text.ends_with("小明：" + std::string{kWords}));
    EXPECT_TRUE(message(id).text.empty());
    EXPECT_EQ(message(id).state, MessageState::kSent);
}

TEST_F(KinshipDelivery, DeliveredTheyAreGone) {
    const auto id = writes();
    deliver();
    EXPECT_TRUE(has_letter(id));

    receipt(id, core::ReceiptState::kDelivered);

    EXPECT_FALSE(has_letter(id));
    EXPECT_TRUE(ming_hears().empty());
}

TEST_F(KinshipDelivery, WhereNoReceiptWillComeTheyAreGoneOnceSent) {
    carrier_.gives_no_receipts();
    const auto id = writes();

    deliver();

    EXPECT_FALSE(has_letter(id));
    world_.clock.advance(world_.settings.outbox.receipt_window + 1min);
    keep_deadlines();
    EXPECT_EQ(message(id).state, MessageState::kUnknown);
    EXPECT_TRUE(ming_hears().empty());
}

TEST_F(KinshipDelivery, WhoeverWroteIsToldOnceThatTheyDidNotArrive) {
    const auto id = writes();
    deliver();

    receipt(id, core::ReceiptState::kFailed);
    receipt(id, core::ReceiptState::kFailed);

    EXPECT_FALSE(has_letter(id));
    EXPECT_EQ(ming_hears(), undelivered_);
}

TEST_F(KinshipDelivery, WithoutAnyReceiptTheyAreGivenUp) {
    const auto id = writes();
    deliver();

    world_.clock.advance(world_.settings.outbox.receipt_window + 1min);
    keep_deadlines();

    EXPECT_FALSE(has_letter(id));
    EXPECT_EQ(ming_hears(), undelivered_);
}

TEST_F(KinshipDelivery, RefusedTheyAreGoneAndNobodyRaisesThem) {
    const auto id = writes();
    answers_.push_back(says(SendResult::Kind::kRefused));
    deliver();
    EXPECT_EQ(message(id).state, MessageState::kDead);
    EXPECT_EQ(ming_hears(), undelivered_);
    sent_.clear();

    world_.in([&](storage::Transaction& tx) {
        world_.ground->replies().send_again(tx, *tx.outbox().find(id), world_.clock.now());
    });
    deliver();

    EXPECT_EQ(std::ranges::count(sent_, id.value, &Sent::id), 0);
    EXPECT_EQ(message(id).state, MessageState::kDropped);
    EXPECT_EQ(message(id).reason, "its words are gone");
    EXPECT_TRUE(ming_hears().empty());
}

TEST_F(KinshipDelivery, ABarStopsWhatIsOnItsWay) {
    const auto id = writes();
    bar();

    deliver();

    EXPECT_TRUE(sent_.empty());
    EXPECT_EQ(message(id).state, MessageState::kDropped);
    EXPECT_FALSE(has_letter(id));
    EXPECT_EQ(ming_hears(), undelivered_);
}

/// Of every fact that a crossing stands on one is taken away after the words were taken.
TEST_F(KinshipDelivery, SoDoesEveryOtherReason) {
    using Change = std::function<void(storage::Transaction&)>;
    const core::LocalDate today{std::chrono::floor<std::chrono::days>(world_.clock.now())};
    const std::vector<Change> changes{
        [&](auto& tx) {
            tx.people().put(core::ProtectionOrder{.person = family_.child, .against = family_.mother, .number = "1"});
        },
        [&](auto& tx) {
            tx.people().put(core::Consent{.child = family_.child,
                                          .guardian = family_.mother,
                                          .how = "paper",
                                          .given = testing::kLongAgo,
                                          .withdrawn = today});
        },
        [&](auto& tx) {
            auto tie = *tx.people().tie(family_.tie);
            tie.agreed = false;
            tx.people().put(tie);
        },
        // Somebody else reads along on her phone now.
        [&](auto& tx) {
            const auto lodger = tx.people().put(core::Person{.external_id = "lodger", .name = "房客"});
            tx.people().put(core::PersonPhone{.person = lodger, .number = her_}, world_.clock.now());
        }};
    for (std::size_t at = 0; at < changes.size(); ++at) {
        // One at a time: the one before is taken back.
        world_.in([&](storage::Transaction& tx) {
            const auto tie = *tx.people().tie(family_.tie);
            KinshipDesk desk(world_.ground->rules());
            ASSERT_EQ(desk.take(tx, tie, false, kWords, world_.clock.now()), KinshipDesk::Taken::kSent) << at;
        });
        bool refused = false;
        try {
            world_.in([&](storage::Transaction& tx) {
                changes[at](tx);
                const auto now = world_.clock.now();
                const storage::OutboxClaim wish{
                    .channel = world_.channel().name, .now = now, .lease_until = now + 1min, .limit = 10};
                const auto claimed = claim_allowed(tx, wish, core::ChannelKind::kSms, world_.ground->rules());
                refused = !claimed.empty() && std::ranges::all_of(claimed, [](const Claimed& one) {
                    return !one.why_not.empty() && one.message.text.empty();
                });
                throw std::runtime_error("undone");
            });
        } catch (const std::runtime_error&) {
        }
        EXPECT_TRUE(refused) << at;
    }
}

TEST_F(KinshipDelivery, AtNightTheyWaitForTheChildToWakeUp) {
    world_.clock.advance(12h);  // Ten in the evening.
    const auto id = writes(true);
    world_.clock.advance(8h);
    deliver();
    EXPECT_TRUE(sent_.empty());

    world_.clock.advance(1h);
    deliver();

    ASSERT_EQ(sent_.size(), 1U);
    EXPECT_TRUE(sent_.front().text.ends_with("妈妈：" + std::string{kWords}));
    EXPECT_EQ(message(id).state, MessageState::kSent);
}

/// Taken by day, and late in the evening still not gone.
TEST_F(KinshipDelivery, TheHourIsJudgedWhenTheyLeave) {
    const auto id = writes(true);
    world_.clock.advance(12h);

    deliver();

    EXPECT_TRUE(sent_.empty());
    EXPECT_EQ(message(id).state, MessageState::kWaiting);
    EXPECT_EQ(message(id).attempts, 0);
    world_.clock.advance(9h);
    deliver();
    EXPECT_EQ(sent_.size(), 1U);
}

TEST_F(KinshipDelivery, AChildIsToldOfItInTheMorning) {
    const auto id = writes();
    deliver();
    world_.clock.advance(12h);
    receipt(id, core::ReceiptState::kFailed);
    sent_.clear();

    deliver();
    EXPECT_TRUE(sent_.empty());
    world_.clock.advance(9h);
    deliver();

    ASSERT_EQ(sent_.size(), 1U);
    EXPECT_TRUE(sent_.front().text.ends_with(testing::words("kin.undelivered")));
}

/// Her phone was off for days: the key of that day is dead, and so are the words.
TEST_F(KinshipDelivery, After72HoursTheyAreGoneForGood) {
    const auto id = writes();
    world_.clock.advance(73h);

    keep_deadlines();

    EXPECT_FALSE(has_letter(id));
    EXPECT_EQ(ming_hears(), undelivered_);
    deliver();
    EXPECT_EQ(std::ranges::count(sent_, id.value, &Sent::id), 0);
}

/// It waits to be heard by telephone, and nobody hears it.
TEST_F(KinshipDelivery, SoAreThoseThatNobodyHeard) {
    world_.in([&](storage::Transaction& tx) {
        tx.people().put(core::PersonPhone{.person = family_.child, .number = ming_}, world_.clock.now());
    });
    world_.in([&](storage::Transaction& tx) {
        const auto tie = *tx.people().tie(family_.tie);
        EXPECT_EQ(KinshipDesk(world_.ground->rules()).take(tx, tie, true, kWords, world_.clock.now()),
                  KinshipDesk::Taken::kSent);
        EXPECT_EQ(tx.letters().waiting(family_.tie, true).size(), 1U);
    });
    world_.clock.advance(73h);

    keep_deadlines();

    EXPECT_EQ(world_.news(her_), undelivered_);
}

TEST_F(KinshipDelivery, WhatIsTooLongIsNotTaken) {
    using Taken = KinshipDesk::Taken;
    std::string sixty;
    for (int at = 0; at < 60; ++at) sixty += "好";
    std::string smiles;
    for (int at = 0; at < 60; ++at) smiles += "👨‍👩‍👧";
    world_.in([&](storage::Transaction& tx) {
        const auto tie = *tx.people().tie(family_.tie);
        KinshipDesk desk(world_.ground->rules());
        EXPECT_EQ(desk.take(tx, tie, false, sixty, world_.clock.now()), Taken::kSent);
        EXPECT_EQ(desk.take(tx, tie, false, sixty + "好", world_.clock.now()), Taken::kTooLong);
        EXPECT_EQ(desk.take(tx, tie, false, smiles, world_.clock.now()), Taken::kTooLong);
        EXPECT_EQ(desk.take(tx, tie, false, "", world_.clock.now()), Taken::kNot);
    });
}

/// What she writes without a menu is an answer to Ming where she has its words.
class KinshipAnswers : public KinshipDelivery {
  protected:
    KinshipAnswers() : words_(writes()) { deliver(); }

    std::string she_hears(std::string_view said) {
        auto news = world_.says(her_, said);
        std::erase(news, std::string{});  // Rows of letters.
        return news.empty() ? std::string{} : news.front();
    }
    const std::string taken_{testing::words("kin.msg.sent", {{"who", "小明"}})};
    const std::string asked_{testing::words("kin.which", {{"list", "1小明 7不带了"}})};

    const core::OutboxId words_;
};

TEST_F(KinshipAnswers, WhoeverAnswersAtOnceIsQuickerThanTheReceipt) {
    EXPECT_EQ(she_hears("明天就回"), taken_);
}

TEST_F(KinshipAnswers, ButLaterNobodyKnowsWhetherSheHasThem) {
    world_.clock.advance(6min);

    EXPECT_EQ(she_hears("明天就回"), asked_);
    EXPECT_EQ(she_hears("1"), taken_);
    EXPECT_EQ(she_hears("早点睡"), taken_) << "she has said for whom her words are";
}

TEST_F(KinshipAnswers, UntilTheyHaveArrived) {
    world_.clock.advance(3h);
    receipt(words_, core::ReceiptState::kDelivered);
    world_.clock.advance(46h);

    EXPECT_EQ(she_hears("明天就回"), taken_);
}

TEST_F(KinshipAnswers, WhatDidNotArriveIsNotAnswered) {
    receipt(words_, core::ReceiptState::kFailed);

    EXPECT_TRUE(she_hears("明天就回").starts_with("您好！"));
}

/// She is writing with Ming: another letter on its way changes nothing.
TEST_F(KinshipAnswers, WhoeverIsInTouchGoesOn) {
    receipt(words_, core::ReceiptState::kDelivered);
    world_.clock.advance(1h);
    const auto more = writes();
    deliver();
    world_.clock.advance(6min);

    EXPECT_EQ(she_hears("明天就回"), taken_);
    receipt(more, core::ReceiptState::kFailed);
    EXPECT_EQ(she_hears("早点睡"), taken_);
}

TEST_F(KinshipDelivery, WhoeverMayBeReachedByNoTextIsSentNone) {
    world_.in([&](storage::Transaction& tx) {
        const auto hers = tx.handsets().find_or_add(her_, world_.clock.now()).id;
        put_contact_plan(tx, hers, {.way = safety::Way::kNone});
        const auto tie = *tx.people().tie(family_.tie);
        KinshipDesk desk(world_.ground->rules());
        EXPECT_EQ(desk.take(tx, tie, false, kWords, world_.clock.now()), KinshipDesk::Taken::kNot);
        EXPECT_EQ(desk.take(tx, tie, true, kWords, world_.clock.now()), KinshipDesk::Taken::kSent);
    });
}

}  // namespace
}  // namespace harborline::gateway
