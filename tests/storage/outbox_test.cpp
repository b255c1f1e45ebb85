#include "tests/storage/store_fixture.hpp"

namespace harborline::storage {
namespace {

using core::MessageClass;
using core::MessageState;
using core::ReceiptState;

class Outbox_Test : public OpenStoreFixture {
  protected:
    core::OutboxId add(const core::Message& message) {
        return run([&](Transaction& tx) { return tx.outbox().add(message); });
    }
    core::Message get(core::OutboxId id) {
        return run([&](Transaction& tx) { return *tx.outbox().find(id); });
    }
    std::vector<core::Message> claim(int limit = 10) {
        return run(
            [&](Transaction& tx) { return tx.outbox().claim_due("kannel", clock.now(), clock.now() + 1min, limit); });
    }
    void send_again(core::OutboxId id) {
        auto message = get(id);
        message.due_at = clock.now();
        settle(message, MessageState::kWaiting);
    }
    void settle(core::Message message, MessageState state) {
        message.state = state;
        run([&](Transaction& tx) { tx.outbox().settle(message); });
    }
    std::optional<ReceiptState> receipt(core::OutboxId id, ReceiptState state, std::uint8_t part = 1,
                                        std::uint8_t parts = 1) {
        return run([&](Transaction& tx) {
            return tx.outbox().record_receipt({.message = id, .part = part, .parts = parts, .state = state});
        });
    }
};

TEST_F(Outbox_Test, WhatIsPutBackWasNeverTaken) {
    for (const auto kind : {MessageClass::kReply, MessageClass::kRedPage}) {
        const auto id = add(some_message(kind));
        const auto claimed = claim().at(0);
        run([&](Transaction& tx) { tx.outbox().put_back(claimed, clock.now() + 1h); });

        EXPECT_EQ(get(id).state, MessageState::kWaiting);
        EXPECT_EQ(get(id).attempts, 0);
        EXPECT_EQ(get(id).repeats, 0);
        EXPECT_EQ(get(id).due_at, clock.now() + 1h);
        EXPECT_TRUE(claim().empty());
        clock.advance(1h);
        EXPECT_EQ(claim().size(), 1U);
        settle(get(id), MessageState::kSent);
    }
}

TEST_F(Outbox_Test, KeepsEveryFieldAcrossARestart) {
    auto message = some_message(MessageClass::kReply);
    message.case_id = {5};
    message.page = {6};
    message.reason = "because";
    message.repeats = 2;
    const auto id = add(message);

    reopen();

    const auto found = get(id);
    EXPECT_EQ(found.channel, "kannel");
    EXPECT_EQ(found.to, core::HandsetId{1});
    EXPECT_EQ(found.text, "您好");
    EXPECT_EQ(found.kind, MessageClass::kReply);
    EXPECT_EQ(found.created_at, message.created_at);
    EXPECT_EQ(found.due_at, message.due_at);
    EXPECT_EQ(found.expires_at, message.expires_at);
    EXPECT_EQ(found.case_id, core::CaseId{5});
    EXPECT_EQ(found.page, core::PageId{6});
    EXPECT_EQ(found.reason, "because");
    EXPECT_EQ(found.repeats, 2);
}

TEST_F(Outbox_Test, I11_RefusesAMessageWithoutAnExpiry) {
    auto message = some_message();
    message.expires_at = message.created_at;

    EXPECT_THROW(add(message), std::logic_error);
    EXPECT_THROW(run([](Transaction& tx) {
                     connection(tx).exec(
                         "INSERT INTO outbox VALUES (1, 1, 1, 0, 0, 10, 10, 10, 0, 0, 0, 0, 0, '', NULL, x'00')");
                 }),
                 std::logic_error);
}

TEST_F(Outbox_Test, I11_NothingIsClaimedAfterItsExpiry) {
    const auto id = add(some_message());
    clock.advance(24h);

    EXPECT_TRUE(claim().empty());
    EXPECT_EQ(get(id).state, MessageState::kExpired);
}

TEST_F(Outbox_Test, I11_AHeapOfExpiredMessagesHidesNoLivingOne) {
    for (int i = 0; i < 25; ++i) add(some_message());
    clock.advance(24h);
    const auto living = add(some_message());

    const auto claimed = claim(10);

    ASSERT_EQ(claimed.size(), 1U);
    EXPECT_EQ(claimed[0].id, living);
}

TEST_F(Outbox_Test, ClaimsWhatIsDueEarliestFirstAndHidesIt) {
    auto later = some_message();
    later.due_at += 1s;
    const auto second = add(later);
    const auto first = add(some_message());
    auto not_yet = some_message();
    not_yet.due_at += 1h;
    add(not_yet);
    auto elsewhere = some_message();
    elsewhere.channel = "another";
    add(elsewhere);
    clock.advance(2s);

    const auto claimed = claim();

    ASSERT_EQ(claimed.size(), 2U);
    EXPECT_EQ(claimed[0].id, first);
    EXPECT_EQ(claimed[1].id, second);
    EXPECT_EQ(claimed[0].state, MessageState::kSending);
    EXPECT_EQ(claimed[0].attempts, 1);
    EXPECT_EQ(claimed[0].repeats, 0);
    EXPECT_TRUE(claim().empty());
}

struct LeaseCase {
    const char* name;
    MessageClass kind;
    bool comes_back;
};

class OutboxLease_Test : public Outbox_Test, public ::testing::WithParamInterface<LeaseCase> {};

TEST_P(OutboxLease_Test, ALeaseThatRanOutIsRepeatedOnlyWhereTheClassAllows) {
    const auto id = add(some_message(GetParam().kind));
    ASSERT_EQ(claim().size(), 1U);
    clock.advance(61s);

    const auto again = claim();

    ASSERT_EQ(again.size(), GetParam().comes_back ? 1U : 0U);
    const auto stored = get(id);
    EXPECT_EQ(stored.state, GetParam().comes_back ? MessageState::kSending : MessageState::kUnknown);
    EXPECT_EQ(stored.repeats, GetParam().comes_back ? 1 : 0);
}

INSTANTIATE_TEST_SUITE_P(Classes, OutboxLease_Test,
                         ::testing::Values(LeaseCase{"Answer", MessageClass::kAnswer, true},
                                           LeaseCase{"Reply", MessageClass::kReply, true},
                                           LeaseCase{"Notice", MessageClass::kNotice, true},
                                           LeaseCase{"Page", MessageClass::kPage, true},
                                           LeaseCase{"Automatic", MessageClass::kAutomatic, true},
                                           LeaseCase{"Cover", MessageClass::kCover, false},
                                           LeaseCase{"Kinship", MessageClass::kKinship, false}),
                         [](const auto& param_info) { return param_info.param.name; });

TEST_F(Outbox_Test, AnAttemptLostBeforeTheExpiryIsUnknownNotExpired) {
    const auto id = add(some_message());
    claim();
    clock.advance(25h);

    EXPECT_TRUE(claim().empty());
    EXPECT_EQ(get(id).state, MessageState::kUnknown);
}

TEST_F(Outbox_Test, ARetryWaitsAndIsClaimedAgainWithoutCountingAsARepeat) {
    add(some_message());
    auto message = claim().at(0);
    message.due_at = clock.now() + 30s;
    message.reason = "busy";
    settle(message, MessageState::kWaiting);

    EXPECT_TRUE(claim().empty());
    clock.advance(30s);
    const auto again = claim().at(0);
    EXPECT_EQ(again.attempts, 2);
    EXPECT_EQ(again.repeats, 0);
    EXPECT_EQ(again.reason, "busy");
}

TEST_F(Outbox_Test, APersonsDropStandsAgainstTheWorker) {
    const auto id = add(some_message());
    const auto claimed = claim().at(0);
    settle(get(id), MessageState::kDropped);

    for (const auto state : {MessageState::kSent, MessageState::kWaiting, MessageState::kDead}) {
        settle(claimed, state);
        EXPECT_EQ(get(id).state, MessageState::kDropped);
    }
}

TEST_F(Outbox_Test, AWorkerWhoseLeaseRanOutCannotCauseAThirdSending) {
    const auto id = add(some_message());
    const auto slow = claim().at(0);
    clock.advance(61s);
    claim();

    settle(slow, MessageState::kWaiting);
    EXPECT_EQ(get(id).state, MessageState::kSending);
    settle(slow, MessageState::kSent);
    EXPECT_EQ(get(id).state, MessageState::kSent);
}

TEST_F(Outbox_Test, APersonSendsADeadMessageAgain) {
    const auto id = add(some_message());
    settle(claim().at(0), MessageState::kDead);
    EXPECT_TRUE(claim().empty());

    send_again(id);

    EXPECT_EQ(claim().size(), 1U);
}

TEST_F(Outbox_Test, APersonReleasesAHeldMessageWithANewExpiry) {
    const auto id = add(some_message());
    run([](Transaction& tx) { tx.outbox().hold_unsent(); });
    clock.advance(48h);

    run([&](Transaction& tx) { tx.outbox().move(id, MessageState::kWaiting, clock.now(), clock.now() + 1h); });

    const auto claimed = claim();
    ASSERT_EQ(claimed.size(), 1U);
    EXPECT_EQ(claimed[0].expires_at, clock.now() + 1h);
}

TEST_F(Outbox_Test, WhatAPersonSendsAgainIsMarkedWhereItMayHaveArrived) {
    for (const auto before : {MessageState::kSent, MessageState::kUnknown, MessageState::kDead}) {
        const auto id = add(some_message());
        settle(claim().at(0), before);

        run([&](Transaction& tx) { tx.outbox().move(id, MessageState::kWaiting, clock.now(), clock.now() + 1h); });

        EXPECT_EQ(get(id).repeats, before == MessageState::kDead ? 0 : 1);
        EXPECT_EQ(claim().at(0).id, id);
    }
}

TEST_F(Outbox_Test, WhatIsGivenUpAsUnknownIsNoRepeat) {
    const auto id = add(some_message());
    settle(claim().at(0), MessageState::kSent);

    run([&](Transaction& tx) { tx.outbox().move(id, MessageState::kUnknown, clock.now(), clock.now() + 1h); });

    EXPECT_EQ(get(id).repeats, 0);
}

TEST_F(Outbox_Test, ARowThatWasSentAndDoesNotOpenHidesNoOther) {
    const auto broken = add(some_message());
    const auto whole = add(some_message());
    for (const auto& message : claim()) settle(message, MessageState::kSent);
    run([&](Transaction& tx) {
        connection(tx).exec("UPDATE outbox SET sealed = x'00' WHERE id = " + std::to_string(broken.value));
    });

    const auto silent = run([&](Transaction& tx) { return tx.outbox().without_receipt(clock.now() + 1s, 9); });
    ASSERT_EQ(silent.size(), 2U);
    EXPECT_EQ(silent[0].id, broken);
    EXPECT_EQ(silent[0].text, "");
    EXPECT_EQ(silent[1].id, whole);

    for (const auto id : {broken, whole})
        run([&](Transaction& tx) { tx.outbox().move(id, MessageState::kHeld, clock.now(), clock.now() + 1h); });
    EXPECT_EQ(run([&](Transaction& tx) { return tx.outbox().in_state(MessageState::kHeld, 9); }).size(), 2U);

    run([&](Transaction& tx) { tx.outbox().move(broken, MessageState::kWaiting, clock.now(), clock.now() + 1h); });
    EXPECT_THROW(claim(), sealing::Damaged) << "empty words go to nobody";
}

TEST_F(Outbox_Test, ARowThatDoesNotOpenIsPassedByAndSetAside) {
    const auto broken = add(some_message(MessageClass::kRedPage));
    const auto whole = add(some_message());
    run([&](Transaction& tx) {
        connection(tx).exec("UPDATE outbox SET sealed = x'00' WHERE id = " + std::to_string(broken.value));
    });
    OutboxClaim wanted{.channel = "kannel", .now = clock.now(), .lease_until = clock.now() + 1min, .limit = 9};
    const auto due = [&] { return run([&](Transaction& tx) { return tx.outbox().due(wanted); }); };
    EXPECT_THROW(claim(), std::runtime_error);
    EXPECT_EQ(due(), (std::vector{broken, whole}));

    wanted.only = whole;
    const auto claimed = run([&](Transaction& tx) { return tx.outbox().claim_due(wanted); });
    const auto set_aside = [&] {
        return run(
            [&](Transaction& tx) { return tx.outbox().set_aside(broken, clock.now() + 1min, 2, "could not be read"); });
    };

    ASSERT_EQ(claimed.size(), 1U);
    EXPECT_EQ(claimed[0].id, whole);
    EXPECT_FALSE(set_aside());
    EXPECT_TRUE(due().empty());
    wanted.now = clock.now() + 1min;
    EXPECT_EQ(due(), (std::vector{broken, whole})) << "its lease is over too";

    EXPECT_TRUE(set_aside());
    EXPECT_FALSE(set_aside()) << "it is dead already";
    EXPECT_EQ(get(broken).state, MessageState::kDead);
    EXPECT_EQ(get(broken).reason, "could not be read");
    EXPECT_TRUE(get(broken).text.empty());

    run([&](Transaction& tx) { tx.outbox().move(broken, MessageState::kWaiting, clock.now(), clock.now() + 1h); });
    EXPECT_FALSE(set_aside()) << "who sends it again gives it as many attempts more";
    EXPECT_TRUE(set_aside());
}

TEST_F(Outbox_Test, WhatWouldExpireMeanwhileIsNotPutOff) {
    const auto id = add(some_message());
    const auto late = get(id).expires_at;

    EXPECT_TRUE(run([&](Transaction& tx) { return tx.outbox().set_aside(id, late, 20, "could not be read"); }));

    EXPECT_EQ(get(id).state, MessageState::kDead);
}

TEST_F(Outbox_Test, OnlyWhatIsUnsentIsSetAside) {
    const auto id = add(some_message());
    settle(claim().at(0), MessageState::kSent);

    EXPECT_FALSE(run([&](Transaction& tx) { return tx.outbox().set_aside(id, clock.now(), 1, "could not be read"); }));

    EXPECT_EQ(get(id).state, MessageState::kSent);
}

TEST_F(Outbox_Test, AReceiptBeforeTheSettlementStands) {
    const auto id = add(some_message());
    const auto claimed = claim().at(0);

    EXPECT_EQ(receipt(id, ReceiptState::kDelivered), ReceiptState::kDelivered);
    settle(claimed, MessageState::kSent);

    EXPECT_EQ(get(id).state, MessageState::kDelivered);
}

TEST_F(Outbox_Test, ReceiptsOnlyMoveForwardHoweverTheyCome) {
    const auto id = add(some_message());
    settle(claim().at(0), MessageState::kSent);

    EXPECT_EQ(receipt(id, ReceiptState::kAccepted), ReceiptState::kAccepted);
    EXPECT_EQ(receipt(id, ReceiptState::kDelivered), ReceiptState::kDelivered);
    EXPECT_EQ(receipt(id, ReceiptState::kDelivered), ReceiptState::kDelivered);
    EXPECT_EQ(receipt(id, ReceiptState::kBuffered), ReceiptState::kDelivered);
    EXPECT_EQ(receipt(id, ReceiptState::kAccepted), ReceiptState::kDelivered);

    EXPECT_EQ(get(id).state, MessageState::kDelivered);
}

TEST_F(Outbox_Test, ALongTextIsDeliveredWhenEveryPartIsAndFailedWhenOneIs) {
    const auto whole = add(some_message());
    const auto broken = add(some_message());
    for (const auto& message : claim()) settle(message, MessageState::kSent);

    EXPECT_EQ(receipt(whole, ReceiptState::kDelivered, 3, 3), ReceiptState::kAccepted);
    EXPECT_EQ(receipt(whole, ReceiptState::kDelivered, 1, 3), ReceiptState::kAccepted);
    EXPECT_EQ(get(whole).state, MessageState::kSent);
    EXPECT_EQ(receipt(whole, ReceiptState::kDelivered, 2, 3), ReceiptState::kDelivered);
    EXPECT_EQ(receipt(broken, ReceiptState::kFailed, 2, 2), ReceiptState::kFailed);
    EXPECT_EQ(receipt(broken, ReceiptState::kDelivered, 1, 2), ReceiptState::kFailed);

    EXPECT_EQ(get(whole).state, MessageState::kDelivered);
    EXPECT_EQ(get(broken).state, MessageState::kFailed);
}

TEST_F(Outbox_Test, AReceiptForNobodyOrWithStrangePartsIsHarmless) {
    const auto id = add(some_message());
    settle(claim().at(0), MessageState::kSent);

    EXPECT_FALSE(receipt({id.value + 1}, ReceiptState::kDelivered));
    EXPECT_FALSE(receipt({-1}, ReceiptState::kDelivered));
    EXPECT_EQ(receipt(id, ReceiptState::kAccepted, 0, 0), ReceiptState::kAccepted);
    EXPECT_EQ(receipt(id, ReceiptState::kAccepted, 255, 1), ReceiptState::kAccepted);
}

TEST_F(Outbox_Test, AnOldFailureDoesNotStandInTheWayOfTheNextAttempt) {
    const auto id = add(some_message());
    settle(claim().at(0), MessageState::kSent);
    receipt(id, ReceiptState::kFailed);
    send_again(id);
    settle(claim().at(0), MessageState::kSent);

    EXPECT_EQ(receipt(id, ReceiptState::kDelivered), ReceiptState::kDelivered);
    EXPECT_EQ(get(id).state, MessageState::kDelivered);
}

TEST_F(Outbox_Test, AFailureOfAnEarlierAttemptSaysNothingAboutALaterOne) {
    const auto id = add(some_message());
    auto first = claim().at(0);
    first.due_at = clock.now();
    settle(first, MessageState::kWaiting);
    const auto say = [&](ReceiptState state, int attempt) {
        return run([&](Transaction& tx) {
            return tx.outbox().record_receipt({.message = id, .attempt = attempt, .state = state});
        });
    };
    EXPECT_EQ(say(ReceiptState::kFailed, 1), ReceiptState::kBuffered);
    settle(claim().at(0), MessageState::kSent);

    EXPECT_EQ(say(ReceiptState::kFailed, 1), ReceiptState::kBuffered);
    EXPECT_EQ(get(id).state, MessageState::kSent);
    EXPECT_EQ(say(ReceiptState::kFailed, 2), ReceiptState::kFailed);
    EXPECT_EQ(get(id).state, MessageState::kFailed);
    EXPECT_EQ(say(ReceiptState::kDelivered, 1), ReceiptState::kDelivered);
    EXPECT_EQ(get(id).state, MessageState::kDelivered);
}

TEST_F(Outbox_Test, WhatArrivedOfAnEarlierAttemptIsKept) {
    const auto id = add(some_message());
    auto first = claim().at(0);
    receipt(id, ReceiptState::kDelivered, 1, 2);
    first.due_at = clock.now();
    settle(first, MessageState::kWaiting);
    settle(claim().at(0), MessageState::kSent);

    receipt(id, ReceiptState::kDelivered, 2, 2);

    EXPECT_EQ(get(id).state, MessageState::kDelivered);
}

TEST_F(Outbox_Test, RedPagesComeFirstThroughEveryStation) {
    for (int i = 0; i < 5; ++i) add(some_message());
    clock.advance(1min);
    const auto page = add(some_message(MessageClass::kRedPage));
    EXPECT_EQ(get(page).due_at, clock.now());

    auto claimed = claim(1).at(0);
    EXPECT_EQ(claimed.id, page);
    claimed.due_at = clock.now() + 30s;
    settle(claimed, MessageState::kWaiting);
    EXPECT_EQ(get(page).due_at, clock.now() + 30s);
    EXPECT_NE(claim(1).at(0).id, page) << "not due yet";
    clock.advance(30s);
    EXPECT_EQ(claim(1).at(0).id, page);
    clock.advance(61s);
    EXPECT_EQ(claim(1).at(0).id, page) << "its lease ran out";
    run([&](Transaction& tx) { tx.outbox().move(page, MessageState::kWaiting, clock.now(), clock.now() + 1h); });
    EXPECT_EQ(claim(1).at(0).id, page) << "a person sends it again";
}

TEST_F(Outbox_Test, AClaimOfFewOrdinaryOnesLeavesRoomForRedPages) {
    for (int i = 0; i < 5; ++i) add(some_message());
    const auto page = add(some_message(MessageClass::kRedPage));
    const auto claim_with = [&](int limit, int ordinary_max) {
        return run([&](Transaction& tx) {
            return tx.outbox().claim_due({.channel = "kannel",
                                          .now = clock.now(),
                                          .lease_until = clock.now() + 1min,
                                          .limit = limit,
                                          .ordinary_max = ordinary_max});
        });
    };

    const auto claimed = claim_with(4, 2);

    ASSERT_EQ(claimed.size(), 3U);
    EXPECT_EQ(claimed[0].id, page);
    EXPECT_EQ(claim_with(4, 0).size(), 0U);
    EXPECT_EQ(claim_with(4, 4).size(), 3U);
}

TEST_F(Outbox_Test, WhatIsUnderWayIsPassedOverWhateverTheClockSays) {
    const auto first = add(some_message(MessageClass::kKinship));
    const auto second = add(some_message());
    ASSERT_EQ(claim(1).at(0).id, first);
    clock.advance(1h);

    const std::vector mine{first};
    const auto claimed = run([&](Transaction& tx) {
        return tx.outbox().claim_due({.channel = "kannel",
                                      .now = clock.now(),
                                      .lease_until = clock.now() + 1min,
                                      .limit = 1,
                                      .under_way = mine});
    });

    ASSERT_EQ(claimed.size(), 1U);
    EXPECT_EQ(claimed[0].id, second);
    EXPECT_EQ(get(first).state, MessageState::kSending);
}

TEST_F(Outbox_Test, I11_WhatMayHaveGoneBeforeItExpiredIsUnknown) {
    const auto id = add(some_message());
    auto lost = claim().at(0);
    lost.repeats = 1;
    settle(lost, MessageState::kWaiting);
    clock.advance(24h);

    EXPECT_TRUE(claim().empty());

    EXPECT_EQ(get(id).state, MessageState::kUnknown);
}

TEST_F(Outbox_Test, SentWithoutAReceiptIsFoundUntilOneComes) {
    const auto id = add(some_message());
    settle(claim().at(0), MessageState::kSent);
    const auto silent = [&] {
        return run([&](Transaction& tx) { return tx.outbox().without_receipt(clock.now(), 10); }).size();
    };
    EXPECT_EQ(silent(), 0U);
    clock.advance(1h);
    EXPECT_EQ(silent(), 1U);

    receipt(id, ReceiptState::kDelivered);

    EXPECT_EQ(silent(), 0U);
}

TEST_F(Outbox_Test, HoldsWhatIsUnsentAndListsByState) {
    const auto sent = add(some_message());
    settle(claim().at(0), MessageState::kSent);
    add(some_message());
    claim();
    add(some_message());
    EXPECT_EQ(run([](Transaction& tx) { return tx.outbox().count_waiting(); }), 2U);

    EXPECT_EQ(run([](Transaction& tx) { return tx.outbox().hold_unsent(); }), 2);

    const auto in_state = [&](MessageState state) {
        return run([&](Transaction& tx) { return tx.outbox().in_state(state, 10); });
    };
    EXPECT_EQ(in_state(MessageState::kHeld).size(), 2U);
    ASSERT_EQ(in_state(MessageState::kSent).size(), 1U);
    EXPECT_EQ(in_state(MessageState::kSent)[0].id, sent);
    EXPECT_TRUE(claim().empty());
    EXPECT_EQ(run([](Transaction& tx) { return tx.outbox().count_waiting(); }), 0U);
}

TEST_F(Outbox_Test, SaysHowAPageWasToldEachTime) {
    auto first = some_message(MessageClass::kRedPage);
    first.page = {6};
    auto other = first;
    other.page = {7};
    auto again = first;
    again.channel = "voice";
    again.created_at += 15min;
    again.expires_at += 15min;
    const auto id = add(first);
    add(other);
    add(some_message(MessageClass::kAnswer));
    add(again);
    claim(1);
    settle(get(id), MessageState::kSent);

    const auto told = run([](Transaction& tx) { return tx.outbox().messages_of({6}); });

    ASSERT_EQ(told.size(), 2U);
    EXPECT_EQ(told[0].state, MessageState::kSent);
    EXPECT_EQ(told[0].channel, first.channel);
    EXPECT_EQ(told[0].created_at, first.created_at);
    EXPECT_EQ(told[1].state, MessageState::kWaiting);
    EXPECT_EQ(told[1].created_at, again.created_at);
    EXPECT_EQ(told[1].channel, "voice");
}

}  // namespace
}  // namespace harborline::storage
