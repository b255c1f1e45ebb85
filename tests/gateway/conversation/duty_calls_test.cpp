// RED rings: what she hears who picks up, and what her keys do.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "gateway/workers/claim.hpp"
#include "tests/support/caller.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using core::MessageState;
using testing::Caller;
using testing::kAdmin;
using testing::kSun;
using testing::kWang;
using testing::kZhao;
using testing::phone;
using testing::World;

class DutyCalls : public ::testing::Test {
  protected:
    static config::Settings settings() {
        auto with = testing::settings_with_voice();
        with.duty.call_channel = "voice";
        return with;
    }

    void raise(int her_phone = 1) { world_.says(phone(her_phone), "9"); }

    /// As the sender does it: what may go is placed and answered at once. Which rows went.
    std::vector<core::OutboxId> place() {
        return world_.in([&](storage::Transaction& tx) {
            std::vector<core::OutboxId> placed;
            const auto now = world_.clock.now();
            const storage::OutboxClaim wish{.channel = "voice", .now = now, .lease_until = now + 1min, .limit = 10};
            for (auto& [message, number, why_not] :
                 claim_allowed(tx, wish, core::ChannelKind::kVoice, world_.ground->rules())) {
                message.state = why_not.empty() ? MessageState::kSent : MessageState::kDropped;
                message.reason = why_not;
                tx.outbox().settle(message);
                if (why_not.empty()) placed.push_back(message.id);
            }
            return placed;
        });
    }
    /// The last call that was made for this phone.
    core::Message call_to(const core::PhoneNumber& number) {
        auto all = world_.messages_to(number);
        std::erase_if(all, [](const core::Message& one) { return one.channel != "voice"; });
        return all.empty() ? core::Message{} : all.back();
    }
    bool is_open(std::string_view key) { return world_.pages_of(key).front().state == core::Page::State::kOpen; }
    static std::string heard(std::string_view key) {
        return testing::shipped().book.catalogue.fill("zh-CN", {.key = std::string{key}, .values = {{"code", "幺"}}},
                                                      core::ChannelKind::kVoice);
    }
    using Said = std::vector<std::string>;

    World world_{testing::shipped_roster(), settings()};
};

TEST_F(DutyCalls, SayLevelAndCodeAndNothingElse) {
    raise();
    ASSERT_EQ(place(), std::vector{call_to(kWang).id});
    Caller wang{world_, kWang};

    wang.picks_up(call_to(kWang).id);

    EXPECT_EQ(wang.words(), Said{"姐妹港湾值班电话。红色警报，编号幺。接下请按1，退回请按2。"});
    EXPECT_EQ(wang.words(), Said{heard("cw.call")});
    EXPECT_TRUE(wang.is_left_with<core::Gather>());
    EXPECT_EQ(call_to(kWang).state, MessageState::kSent);
}

TEST_F(DutyCalls, OneTakesAsByText) {
    raise();
    place();
    Caller wang{world_, kWang};
    wang.picks_up(call_to(kWang).id);

    wang.keys("1");

    EXPECT_EQ(wang.words(), Said{heard("cw.taken")});
    EXPECT_TRUE(wang.is_left_with<core::HangUp>());
    wang.hangs_up();
    EXPECT_EQ(call_to(kWang).state, MessageState::kDelivered);
    EXPECT_TRUE(world_.open_alerts().empty());
    EXPECT_EQ(world_.only_case().owner, world_.staff("wang"));
    world_.pass(20min);
    EXPECT_TRUE(call_to(kZhao).channel.empty());
}

TEST_F(DutyCalls, TwoHandsBackTwiceAndTheLeaderIsRung) {
    raise();
    place();
    Caller wang{world_, kWang};
    wang.picks_up(call_to(kWang).id);
    wang.keys("2");
    EXPECT_EQ(wang.words(), Said{heard("cw.handed")});
    wang.hangs_up();

    EXPECT_EQ(place(), std::vector{call_to(kZhao).id});
    Caller zhao{world_, kZhao};
    zhao.picks_up(call_to(kZhao).id);
    zhao.keys("2");
    zhao.hangs_up();

    EXPECT_EQ(place(), std::vector{call_to(kSun).id});
    EXPECT_EQ(world_.open_alerts().size(), 1U);
    EXPECT_EQ(world_.entries(world_.only_case().id, core::CaseEntry::Kind::kHandedBack).size(), 2U);
}

TEST_F(DutyCalls, WhoeverKeysNothingHearsItOnceMoreAndTheLadderGoesOn) {
    raise();
    place();
    Caller machine{world_, kWang};
    machine.picks_up(call_to(kWang).id);

    for (const std::string_view keyed : {"5", ""}) {
        EXPECT_EQ(machine.words(), Said{heard("cw.call")});
        machine.keys(keyed);
    }
    EXPECT_TRUE(machine.words().empty());
    EXPECT_TRUE(machine.is_left_with<core::HangUp>());
    machine.hangs_up();

    EXPECT_EQ(call_to(kWang).state, MessageState::kDelivered);
    EXPECT_TRUE(is_open("wang"));
    world_.pass(5min);
    EXPECT_EQ(place(), std::vector{call_to(kZhao).id});
}

TEST_F(DutyCalls, AMailboxHasNotHeardItAndIsRungAgainAMinuteLater) {
    raise();
    place();
    Caller machine{world_, kWang};
    machine.picks_up(call_to(kWang).id);

    machine.keys("");
    machine.keys("");
    EXPECT_TRUE(machine.is_left_with<core::HangUp>());
    machine.hangs_up();

    EXPECT_EQ(call_to(kWang).state, MessageState::kWaiting);
    EXPECT_TRUE(is_open("wang"));
    EXPECT_TRUE(place().empty());
    world_.clock.advance(1min);
    EXPECT_EQ(place(), std::vector{call_to(kWang).id});
}

TEST_F(DutyCalls, AKeyAtTheSecondTimeTakesItToo) {
    raise();
    place();
    Caller wang{world_, kWang};
    wang.picks_up(call_to(kWang).id);
    wang.keys("");

    world_.reopen();  // In the middle of the call.
    wang.keys("1");

    EXPECT_EQ(wang.words(), Said{heard("cw.taken")});
    EXPECT_TRUE(world_.open_alerts().empty());
}

TEST_F(DutyCalls, CutShortItHasNotArrivedAndRingsAgainAMinuteLater) {
    raise();
    place();
    Caller wang{world_, kWang};
    wang.picks_up(call_to(kWang).id);
    const auto before = world_.only_case();
    const auto texts = world_.messages_to(kAdmin).size();

    wang.hangs_up();

    EXPECT_EQ(call_to(kWang).state, MessageState::kWaiting);
    EXPECT_EQ(world_.only_case().status, before.status);
    EXPECT_TRUE(is_open("wang"));
    EXPECT_EQ(world_.messages_to(kAdmin).size(), texts);
    EXPECT_TRUE(place().empty());
    world_.clock.advance(1min);
    EXPECT_EQ(place(), std::vector{call_to(kWang).id});
}

TEST_F(DutyCalls, NineIsDangerThereToo) {
    raise();
    place();
    Caller wang{world_, kWang};
    wang.picks_up(call_to(kWang).id);

    wang.keys("9");

    EXPECT_TRUE(wang.hears("safe.received"));
    EXPECT_EQ(world_.open_alerts().size(), 2U);
    EXPECT_EQ(call_to(kWang).page, world_.pages_of("wang").front().id);  // Of her own call for help.
    EXPECT_EQ(world_.pages_of("wang").back().state, core::Page::State::kOpen);
}

TEST_F(DutyCalls, WhatIsTakenMeanwhileIsNotPlaced) {
    raise();
    place();
    world_.pass(5min);
    ASSERT_EQ(call_to(kZhao).state, MessageState::kWaiting);
    Caller wang{world_, kWang};
    wang.picks_up(call_to(kWang).id);
    wang.keys("1");

    EXPECT_TRUE(place().empty());

    EXPECT_EQ(call_to(kZhao).state, MessageState::kDropped);
    EXPECT_EQ(call_to(kZhao).reason, "the page is answered or over");
}

TEST_F(DutyCalls, NorWhatIsClosedOrHandedBackByText) {
    raise();
    world_.says(kWang, "2");
    EXPECT_EQ(place(), std::vector{call_to(kZhao).id});
    EXPECT_EQ(call_to(kWang).state, MessageState::kDropped);

    world_.pass(5min);
    ASSERT_EQ(call_to(kSun).state, MessageState::kWaiting);
    world_.in([&](storage::Transaction& tx) {
        const auto matter = tx.cases().list({.open_only = false, .limit = 1}).front();
        ASSERT_TRUE(world_.ground->replies().close(tx, matter, matter.owner, "a test", world_.clock.now()));
    });
    EXPECT_TRUE(place().empty());
    EXPECT_EQ(call_to(kSun).state, MessageState::kDropped);
}

TEST_F(DutyCalls, WhoeverPicksUpTooLateHearsWhatBecameOfIt) {
    raise();
    place();
    world_.pass(5min);
    place();
    world_.says(kZhao, "1");
    Caller wang{world_, kWang};

    wang.picks_up(call_to(kWang).id);

    EXPECT_EQ(wang.words(), Said{heard("cw.elsewhere")});
    EXPECT_TRUE(wang.is_left_with<core::HangUp>());
    wang.hangs_up();
    EXPECT_EQ(world_.only_case().owner, world_.staff("zhao"));
}

TEST_F(DutyCalls, AKeyForWhatSomebodyTookDuringTheCallChangesNothing) {
    raise();
    place();
    world_.pass(5min);
    Caller wang{world_, kWang};
    wang.picks_up(call_to(kWang).id);
    world_.says(kZhao, "1");

    wang.keys("2");

    EXPECT_EQ(wang.words(), Said{heard("cw.elsewhere")});
    EXPECT_TRUE(world_.open_alerts().empty());
}

TEST_F(DutyCalls, ToldAgainItRingsAgainAndTheOlderCallIsGivenUp) {
    raise();
    world_.pass(15min);
    const auto first = call_to(kAdmin).id;
    world_.pass(15min);
    const auto second = call_to(kAdmin).id;
    ASSERT_NE(first, second);

    const auto placed = place();

    EXPECT_EQ(std::ranges::count(placed, first), 0);
    EXPECT_EQ(std::ranges::count(placed, second), 1);
}

TEST_F(DutyCalls, TellNothingToAnotherPhone) {
    raise();
    place();
    Caller zhao{world_, kZhao};
    Caller woman{world_, phone(2)};

    for (auto* caller : {&zhao, &woman}) {
        caller->picks_up(call_to(kWang).id);

        EXPECT_TRUE(caller->words().empty());
        EXPECT_TRUE(caller->is_left_with<core::HangUp>());
    }
    EXPECT_TRUE(is_open("wang"));
}

TEST_F(DutyCalls, ANumberThatIsNoLongerHersIsNotCalled) {
    raise();
    auto roster = testing::shipped_roster();
    std::ranges::find(roster.staff, "wang", &core::StaffMember::key)->phone = phone(150);
    world_.in([&](storage::Transaction& tx) { tx.staff().replace(roster, world_.clock.now()); });

    EXPECT_TRUE(place().empty());
    EXPECT_EQ(call_to(kWang).reason, "the number is no longer hers");
}

TEST_F(DutyCalls, ThatNobodyPickedUpMayComeAsAReceiptAndItRingsAgainAMinuteLater) {
    raise();
    ASSERT_EQ(place().size(), 1U);
    const auto receipt = [&](core::ReceiptState state) {
        const auto id = call_to(kWang).id;
        world_.in([&](storage::Transaction& tx) {
            world_.ground->replies().receipt(tx,
                                             {.message = id, .attempt = 1, .state = state, .at = world_.clock.now()});
        });
    };
    receipt(core::ReceiptState::kFailed);

    EXPECT_EQ(call_to(kWang).state, MessageState::kWaiting);
    EXPECT_TRUE(place().empty());
    world_.clock.advance(1min);
    EXPECT_EQ(place(), std::vector{call_to(kWang).id});
    receipt(core::ReceiptState::kFailed);  // The carrier repeats itself.
    EXPECT_EQ(call_to(kWang).state, MessageState::kSent);
}

}  // namespace
}  // namespace harborline::gateway
