// Relatives' words when they arrive: what they count for, and that they do not where a number has changed hands.
#include <algorithm>
#include <string>
#include <vector>

#include "gateway/conversation/kinship_desk.hpp"
#include "tests/gateway/workers/worker_fixture.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using core::MessageState;

/// A child with a phone of its own, and its mother. It is Wednesday, 2027-03-03.
class WeeklyWords : public WorkerFixture {
  protected:
    WeeklyWords() {
        world_.in([&](storage::Transaction& tx) {
            family_ = testing::add_child_and_mother(tx, "小明", her_, world_.clock.now());
            tx.people().put(core::PersonPhone{.person = family_.child, .number = childs_, .is_private = true},
                            world_.clock.now());
            tx.weekly_contacts().put(family_.child, kSilent);
        });
    }

    core::OutboxId write(bool to_child) {
        return world_.in([&](storage::Transaction& tx) {
            const auto tie = *tx.people().tie(family_.tie);
            EXPECT_EQ(KinshipDesk(world_.ground->rules()).take(tx, tie, to_child, "想你", world_.clock.now()),
                      KinshipDesk::Taken::kSent);
            const auto waiting = tx.outbox().in_state(MessageState::kWaiting, 100);
            return std::ranges::max(waiting, {}, [](const core::Message& one) { return one.id.value; }).id;
        });
    }
    void arrives(bool to_child) {
        const auto id = write(to_child);
        deliver();
        world_.in([&](storage::Transaction& tx) {
            world_.ground->replies().receipt(
                tx, {.message = id, .state = core::ReceiptState::kDelivered, .at = world_.clock.now()});
        });
    }
    core::WeeklyContact contact() {
        return world_.in([&](storage::Transaction& tx) { return *tx.weekly_contacts().find(family_.child); });
    }

    static constexpr core::WeeklyContact kSilent{.last = std::chrono::year{2027} / 2 / 10,
                                                 .nudged = core::Nudge::kCarer,
                                                 .nudged_on = std::chrono::year{2027} / 2 / 26};
    const core::PhoneNumber childs_ = testing::phone(2);
    testing::ChildAndMother family_{};
};

TEST_F(WeeklyWords, BothWaysWithinAWeekAreContact) {
    arrives(false);
    EXPECT_EQ(contact(), kSilent);
    world_.clock.advance(24h);

    arrives(true);

    EXPECT_EQ(contact(), (core::WeeklyContact{.last = std::chrono::year{2027} / 3 / 4}));
}

TEST_F(WeeklyWords, WhatIsOnItsWayDoesNotCount) {
    arrives(false);
    write(true);
    deliver();

    EXPECT_EQ(contact(), kSilent);
}

/// She has another number now: whoever has the old one gets nothing.
TEST_F(WeeklyWords, ANumberThatHasChangedHandsGetsNone) {
    const auto id = write(false);
    world_.in([&](storage::Transaction& tx) {
        EXPECT_TRUE(tx.people().remove(core::PersonPhone{.person = family_.mother, .number = her_}));
    });

    deliver();

    EXPECT_TRUE(sent_.empty());
    EXPECT_EQ(message(id).state, MessageState::kDropped);
    EXPECT_FALSE(world_.in([&](storage::Transaction& tx) { return tx.letters().of_outbox(id).has_value(); }));
    const auto told = world_.news(childs_);
    EXPECT_EQ(std::ranges::count(told, testing::words("kin.undelivered")), 1);
}

}  // namespace
}  // namespace harborline::gateway
