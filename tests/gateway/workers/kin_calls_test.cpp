// Calls of the kinship line on their way: each is tried once, and that nobody was reached is nothing for a person.
#include <gtest/gtest.h>

#include <vector>

#include "handlers/kinship/call_reason.hpp"
#include "tests/gateway/workers/calling_fixture.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using core::MessageState;
using Kind = SendResult::Kind;

class KinCallDelivery : public CallingFixture {
  protected:
    KinCallDelivery() {
        world_.settings.kinship.missed_call = true;
        world_.settings.kinship.call_channel = "voice";
        world_.says(her_, "你好");
        world_.in(
            [&](storage::Transaction& tx) { testing::add_child_and_mother(tx, "小明", her_, world_.clock.now()); });
    }

    core::OutboxId call_her_back() {
        return world_.in([&](storage::Transaction& tx) {
            const auto now = world_.clock.now();
            return tx.outbox().add({.channel = "voice",
                                    .to = tx.handsets().find(her_)->id,
                                    .text = kinship::encode({}),
                                    .kind = core::MessageClass::kKinship,
                                    .created_at = now,
                                    .due_at = now,
                                    .expires_at = now + 5min});
        });
    }
};

TEST_F(KinCallDelivery, RingsOnceWhereSomebodyPicksUp) {
    const auto call = call_her_back();
    deliver();
    world_.clock.advance(1min);
    deliver();
    EXPECT_EQ(placed_, std::vector{her_});
    EXPECT_EQ(message(call).state, MessageState::kSent);
}

TEST_F(KinCallDelivery, FindingNobodyRingsOnceMoreAndNoFurther) {
    ends_ = Kind::kRetry;
    const auto call = call_her_back();
    deliver();
    EXPECT_EQ(message(call).state, MessageState::kExpired);
    for (int minutes = 0; minutes < 30; ++minutes) {
        world_.clock.advance(1min);
        deliver();
    }
    EXPECT_EQ(placed_.size(), 2U);
    EXPECT_EQ(world_.events("dead_letter"), 0);
}

TEST_F(KinCallDelivery, ANumberThatThereIsNotIsToldOf) {
    ends_ = Kind::kRefused;
    const auto call = call_her_back();
    deliver();
    EXPECT_EQ(message(call).state, MessageState::kDead);
    EXPECT_EQ(world_.events("dead_letter"), 1);
}

TEST_F(KinCallDelivery, KeepsToItsOwnHoursAndNotToThoseOfOtherCalls) {
    world_.clock.time += 10h + 30min;  // 20:30 in Shanghai: nobody else is called any more.
    call_her_back();
    deliver();
    EXPECT_EQ(placed_.size(), 1U);
    world_.clock.time += 1h;
    const auto at_night = call_her_back();
    deliver();
    EXPECT_EQ(placed_.size(), 1U);
    EXPECT_EQ(message(at_night).state, MessageState::kDropped);
}

}  // namespace
}  // namespace harborline::gateway
