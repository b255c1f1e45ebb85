// The wall clock jumps: ahead and back again, or back for good after it ran ahead.
#include "tests/storage/store_fixture.hpp"

namespace harborline::storage {
namespace {

using core::MessageState;

constexpr auto kYear = 365 * 24h;

class ClockJump_Test : public OpenStoreFixture {
  protected:
    core::TurnId take(const std::string& identity) {
        return run([&](Transaction& tx) { return tx.turns().append(some_turn(identity)); });
    }
    bool is_repeat(const std::string& identity) {
        return run([&](Transaction& tx) { return tx.turns().find_repeat("kannel", identity).has_value(); });
    }
    core::OutboxId add(core::MessageClass kind = core::MessageClass::kAnswer) {
        return run([&](Transaction& tx) { return tx.outbox().add(some_message(kind)); });
    }
    std::vector<core::Message> claim() {
        return run(
            [&](Transaction& tx) { return tx.outbox().claim_due("kannel", clock.now(), clock.now() + 1min, 9); });
    }
    core::Message get(core::OutboxId id) {
        return run([&](Transaction& tx) { return *tx.outbox().find(id); });
    }
    void settle(core::Message message, MessageState state) {
        message.state = state;
        run([&](Transaction& tx) { tx.outbox().settle(message); });
    }
    std::size_t deadlines_due() {
        return run([this](Transaction& tx) { return tx.deadlines().take_due(clock.now(), 100).size(); });
    }
    void set_back() {
        run([this](Transaction& tx) {
            LongestWaits waits{.outbox = 10min};
            waits.deadline.fill(1h);
            tx.timekeeping().set_back(clock.now(), waits);
        });
    }
};

struct Jump {
    const char* name;
    std::chrono::hours there;
};
void PrintTo(const Jump& jump, std::ostream* out) {
    *out << jump.name;
}
constexpr Jump kJumps[]{{"FourHoursAhead", 4h}, {"FourDaysAhead", 96h}, {"AYearAhead", kYear},
                        {"FourHoursBack", -4h}, {"FourDaysBack", -96h}, {"AYearBack", -kYear}};

class ThereAndBack : public ClockJump_Test, public ::testing::WithParamInterface<Jump> {};

TEST_P(ThereAndBack, I2_NoRepeatIsForgotten) {
    for (int i = 0; i < 50; ++i) take("before-" + std::to_string(i));

    clock.advance(GetParam().there);
    for (int i = 0; i < 200; ++i) take("there-" + std::to_string(i));
    clock.advance(-GetParam().there);

    for (int i = 0; i < 50; ++i) EXPECT_TRUE(is_repeat("before-" + std::to_string(i))) << i;
    for (int i = 0; i < 200; ++i) EXPECT_TRUE(GetParam().there < -72h || is_repeat("there-" + std::to_string(i))) << i;
}

TEST_P(ThereAndBack, I2_NoRepeatIsForgottenByAStartInBetween) {
    for (int i = 0; i < 50; ++i) take("before-" + std::to_string(i));

    clock.advance(GetParam().there);
    reopen();
    take("there");
    clock.advance(-GetParam().there);

    for (int i = 0; i < 50; ++i) EXPECT_TRUE(is_repeat("before-" + std::to_string(i))) << i;
}

TEST_P(ThereAndBack, EverythingStaysReadableUnderTheKeyOfItsPeriod) {
    const auto before = take("before");
    clock.advance(GetParam().there);
    const auto there = take("there");
    clock.advance(-GetParam().there);
    const auto after = take("after");

    for (int again = 0; again < 2; ++again) {
        for (const auto id : {before, there, after})
            EXPECT_EQ(run([&](Transaction& tx) { return tx.turns().get(id)->text; }), "text");
        reopen();
    }
    // One key a month, found again and not made anew.
    EXPECT_EQ(run([](Transaction& tx) {
                  return connection(tx).execAndGet("SELECT count(*) FROM data_key WHERE purpose = 4").getInt();
              }),
              std::chrono::abs(GetParam().there) > 31 * 24h ? 2
              : GetParam().there < -72h                     ? 2
                                                            : 1);
}

TEST_P(ThereAndBack, NothingIsClaimedTwiceAndNothingDueIsLost) {
    const auto sent = add();
    settle(claim().at(0), MessageState::kSent);
    run([this](Transaction& tx) { tx.deadlines().add(Deadline::Kind::kLadder, 1, clock.now() + 5min); });

    clock.advance(GetParam().there);
    const std::size_t there = deadlines_due();
    EXPECT_TRUE(claim().empty());
    clock.advance(-GetParam().there);
    set_back();
    EXPECT_TRUE(claim().empty());
    EXPECT_EQ(get(sent).state, MessageState::kSent);
    clock.advance(5min);

    EXPECT_EQ(there + deadlines_due(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Jumps, ThereAndBack, ::testing::ValuesIn(kJumps),
                         [](const auto& param_info) { return param_info.param.name; });

/// A clock that ran a year ahead is put right: what was set meanwhile must not wait for that year.
class SetBack_Test : public ClockJump_Test {
  protected:
    SetBack_Test() { clock.advance(kYear); }
    void put_right() {
        clock.advance(-kYear);
        set_back();
    }
};

TEST_F(SetBack_Test, AMessageGoesAtOnceAndKeepsTheLifeItWasGiven) {
    const auto id = add();
    put_right();

    const auto message = get(id);
    EXPECT_EQ(message.created_at, clock.now());
    EXPECT_EQ(message.expires_at, clock.now() + 24h);
    ASSERT_EQ(claim().size(), 1U);
}

TEST_F(SetBack_Test, ARetryWaitsNoLongerThanARetryMay) {
    const auto id = add();
    auto tried = claim().at(0);
    tried.due_at = clock.now() + 10min;
    settle(tried, MessageState::kWaiting);
    put_right();

    EXPECT_TRUE(claim().empty());
    clock.advance(10min);
    EXPECT_EQ(claim().at(0).id, id);
}

TEST_F(SetBack_Test, WhatWasPutOffAheadOfTimeWaitsNoLongerThanARetryMay) {
    clock.advance(-kYear);
    add();
    add(core::MessageClass::kRedPage);
    clock.advance(20h);
    for (auto tried : claim()) {
        tried.due_at = clock.now() + 10min;
        settle(tried, MessageState::kWaiting);
    }
    clock.advance(-20h);
    set_back();

    EXPECT_TRUE(claim().empty());
    clock.advance(10min);
    EXPECT_EQ(claim().size(), 2U);
}

TEST_F(SetBack_Test, WhatIsBeingSentIsNotGivenToAnotherBesideItsOwner) {
    add();
    const auto sending = claim().at(0);
    put_right();

    EXPECT_TRUE(claim().empty());
    settle(sending, MessageState::kSent);
    EXPECT_EQ(get(sending.id).state, MessageState::kSent);
    clock.advance(1h);
    EXPECT_TRUE(claim().empty());
}

TEST_F(SetBack_Test, ALeaseThatNobodySettlesRunsOut) {
    add();
    add(core::MessageClass::kRedPage);
    ASSERT_EQ(claim().size(), 2U);
    put_right();

    clock.advance(10min);

    EXPECT_EQ(claim().size(), 2U);
}

TEST_F(SetBack_Test, SilenceAfterSendingIsNoticedInItsTime) {
    add();
    settle(claim().at(0), MessageState::kSent);
    put_right();
    clock.advance(24h + 1s);

    EXPECT_EQ(run([this](Transaction& tx) { return tx.outbox().without_receipt(clock.now() - 24h, 9).size(); }), 1U);
}

TEST_F(SetBack_Test, ADeadlineWaitsNoLongerThanItsKindMay) {
    run([this](Transaction& tx) {
        for (std::int64_t subject = 1; subject <= 3; ++subject)
            tx.deadlines().add(Deadline::Kind::kLapse, subject, clock.now() + 24h);
    });
    put_right();

    EXPECT_EQ(deadlines_due(), 0U);
    clock.advance(1h);
    EXPECT_EQ(deadlines_due(), 3U);
}

TEST_F(SetBack_Test, WhatWasSetUnderTheRightClockIsLeftAlone) {
    clock.advance(-kYear);
    const auto id = add();
    run([this](Transaction& tx) { tx.deadlines().add(Deadline::Kind::kLapse, 1, clock.now() + 30min); });
    const auto before = get(id);
    set_back();

    EXPECT_EQ(get(id).due_at, before.due_at);
    EXPECT_EQ(get(id).expires_at, before.expires_at);
    EXPECT_EQ(run([](Transaction& tx) { return *tx.deadlines().next_due(); }), clock.now() + 30min);
}

TEST_F(SetBack_Test, PartsOfATextAreStillMissedInTheirTime) {
    core::Inbound part{.channel = "kannel", .from = number(1), .received_at = clock.now()};
    part.fragment = core::Fragment{.reference = 1, .total = 2, .index = 1, .bytes = "x"};
    const auto her = run([&](Transaction& tx) { return tx.handsets().find_or_add(number(1), clock.now()).id; });
    run([&](Transaction& tx) { tx.fragments().add(part, her); });
    put_right();
    clock.advance(3min);

    EXPECT_EQ(run([&](Transaction& tx) { return tx.fragments().overdue(her, clock.now() - 2min).size(); }), 1U);
}

TEST_F(SetBack_Test, TheNewestInstantTellsItAfterARestart) {
    add();
    const auto ahead = clock.now();
    clock.advance(-kYear);
    reopen();

    EXPECT_EQ(run([](Transaction& tx) { return tx.timekeeping().newest(); }), ahead);
}

}  // namespace
}  // namespace harborline::storage
