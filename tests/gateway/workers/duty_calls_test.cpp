// Calls that wake: how often they are made, and what comes of those that reach nobody.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/gateway/workers/calling_fixture.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using core::MessageState;
using testing::kAdmin;
using testing::kWang;
using testing::kZhao;
using Kind = SendResult::Kind;

class DutyCalls : public CallingFixture {
  protected:
    DutyCalls() {
        world_.settings.duty.call_channel = "voice";
        world_.says(her_, "9");
    }

    core::Message call_to(const core::PhoneNumber& number) {
        auto all = world_.messages_to(number);
        std::erase_if(all, [](const core::Message& one) { return one.channel != "voice"; });
        return all.empty() ? core::Message{} : all.back();
    }
    /// Minutes in which the ladder climbs and whoever is due is called.
    void pass(int minutes) {
        for (int minute = 0; minute < minutes; ++minute) {
            deliver();
            world_.pass(1min);
        }
    }
    std::ptrdiff_t rung(const core::PhoneNumber& number) const { return std::ranges::count(placed_, number); }
};

TEST_F(DutyCalls, RingOnceWhereSomebodyPicksUpAndSendNoTextByTheirChannel) {
    pass(4);

    EXPECT_EQ(placed_, std::vector{kWang});
    EXPECT_EQ(call_to(kWang).state, MessageState::kSent);
    EXPECT_TRUE(sent_.empty());
}

TEST_F(DutyCalls, FindingNobodyRingEveryMinuteUntilThePageExpires) {
    ends_ = Kind::kRetry;

    pass(3);
    EXPECT_EQ(rung(kWang), 3);
    EXPECT_EQ(call_to(kWang).due_at, world_.clock.now());
    pass(40);

    EXPECT_EQ(rung(kWang), 30);
    EXPECT_EQ(call_to(kWang).state, MessageState::kExpired);
    EXPECT_EQ(world_.events("dead_letter"), 0);
}

TEST_F(DutyCalls, RingOnePhoneOneAfterTheOther) {
    world_.says(testing::phone(2), "9");

    deliver();
    EXPECT_EQ(rung(kWang), 1);
    world_.clock.advance(20s);
    deliver();
    EXPECT_EQ(rung(kWang), 2);
}

TEST_F(DutyCalls, AreNotMadeAgainOnceSomebodyElseTookIt) {
    ends_ = Kind::kRetry;
    pass(6);
    ASSERT_GE(rung(kZhao), 1);
    world_.says(kZhao, "1");
    placed_.clear();

    pass(10);

    EXPECT_TRUE(placed_.empty());
    for (const auto& number : {kWang, kZhao}) {
        EXPECT_EQ(call_to(number).state, MessageState::kDropped);
        EXPECT_EQ(call_to(number).reason, "the page is answered or over");
    }
}

TEST_F(DutyCalls, ThatMayHaveReachedHerAreMadeAgainAndCounted) {
    ends_ = Kind::kUnknown;

    pass(3);

    EXPECT_EQ(rung(kWang), 3);
    EXPECT_EQ(call_to(kWang).repeats, 3);
    EXPECT_EQ(call_to(kWang).state, MessageState::kWaiting);
}

TEST_F(DutyCalls, ThatAreRefusedAreOneEventAndTheLadderGoesOn) {
    ends_ = Kind::kRefused;

    pass(8);

    EXPECT_EQ(call_to(kWang).state, MessageState::kDead);
    EXPECT_EQ(call_to(kZhao).state, MessageState::kDead);
    EXPECT_EQ(world_.events("dead_letter"), 2);
    EXPECT_EQ(world_.messages_to(kAdmin).size(), 1U);  // At most one in ten minutes.
    EXPECT_EQ(world_.only_case().status, core::CaseStatus::kRegistered);
    EXPECT_EQ(world_.open_alerts().size(), 1U);
}

}  // namespace
}  // namespace harborline::gateway
