// Receipts that name a message by the carrier's own id, in whatever order they and our own sending are settled.
#include "tests/gateway/workers/worker_fixture.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using core::MessageClass;
using core::MessageState;
using core::ReceiptState;

class CarrierIds_Delivery : public WorkerFixture {
  protected:
    /// The carrier takes the next message and calls it so.
    void will_call_it(const std::string& carrier_id) {
        answers_.push_back(WebResponse{.status = static_cast<int>(SendResult::Kind::kSent), .body = carrier_id});
    }
    bool receipt(const std::string& carrier_id, ReceiptState state, const std::string& channel = {}) {
        const auto from = channel.empty() ? world_.channel().name : channel;
        return world_.in([&](storage::Transaction& tx) {
            return world_.ground->replies().receipt(
                tx, {.carrier_id = carrier_id, .channel = from, .state = state, .at = world_.clock.now()});
        });
    }
    /// What lies there for an id that nobody has named yet.
    bool keeps_early(const std::string& carrier_id) {
        return world_.in([&](storage::Transaction& tx) {
            const auto early = tx.carrier_ids().take_early(world_.channel().name, carrier_id);
            if (early) tx.carrier_ids().keep_early(*early);
            return early.has_value();
        });
    }
    MessageState state(core::OutboxId id) { return message(id).state; }
};

TEST_F(CarrierIds_Delivery, AReceiptFindsItsMessageByTheCarriersId) {
    const auto one = add(MessageClass::kAnswer);
    const auto two = add(MessageClass::kAnswer);
    will_call_it("ATXid_1");
    will_call_it("ATXid_2");
    deliver();

    EXPECT_TRUE(receipt("ATXid_2", ReceiptState::kDelivered));
    EXPECT_TRUE(receipt("ATXid_1", ReceiptState::kFailed));

    EXPECT_EQ(state(one), MessageState::kFailed);
    EXPECT_EQ(state(two), MessageState::kDelivered);
}

TEST_F(CarrierIds_Delivery, AReceiptThatOvertakesOurOwnSettlingIsNotLost) {
    for (const auto& [early, becomes] : {std::pair{ReceiptState::kDelivered, MessageState::kDelivered},
                                         std::pair{ReceiptState::kFailed, MessageState::kFailed}}) {
        const auto id = add(MessageClass::kAnswer);
        const std::string name = "ATXid_" + std::to_string(id.value);
        will_call_it(name);
        on_send_ = [&] { EXPECT_FALSE(receipt(name, early)); };
        deliver();
        on_send_ = {};

        EXPECT_EQ(state(id), becomes);
        EXPECT_FALSE(keeps_early(name));
    }
}

TEST_F(CarrierIds_Delivery, AReceiptAcrossARestartFindsItsMessage) {
    const auto id = add(MessageClass::kAnswer);
    will_call_it("ATXid_1");
    deliver();

    world_.reopen();

    EXPECT_TRUE(receipt("ATXid_1", ReceiptState::kDelivered));
    EXPECT_EQ(state(id), MessageState::kDelivered);
}

TEST_F(CarrierIds_Delivery, TheSameReceiptTwiceAndALateFailureChangeNothing) {
    const auto id = add(MessageClass::kAnswer);
    will_call_it("ATXid_1");
    deliver();

    for (const auto said : {ReceiptState::kAccepted, ReceiptState::kDelivered, ReceiptState::kDelivered,
                            ReceiptState::kFailed, ReceiptState::kBuffered}) {
        EXPECT_TRUE(receipt("ATXid_1", said));
    }

    EXPECT_EQ(state(id), MessageState::kDelivered);
}

TEST_F(CarrierIds_Delivery, AnotherChannelsReceiptIsAnotherMessages) {
    const auto id = add(MessageClass::kAnswer);
    will_call_it("ATXid_1");
    deliver();

    EXPECT_FALSE(receipt("ATXid_1", ReceiptState::kFailed, "other"));

    EXPECT_EQ(state(id), MessageState::kSent);
}

TEST_F(CarrierIds_Delivery, AFailureOfAnEarlierAttemptSaysNothingOfTheNext) {
    const auto id = add(MessageClass::kAnswer);
    will_call_it("ATXid_1");
    deliver();
    world_.in([&](storage::Transaction& tx) {
        world_.ground->replies().send_again(tx, *tx.outbox().find(id), world_.clock.now());
    });
    // Between the attempts nothing can fail, and it may have arrived after all.
    receipt("ATXid_1", ReceiptState::kFailed);
    EXPECT_NE(state(id), MessageState::kFailed);
    world_.in([&](storage::Transaction& tx) {
        world_.ground->replies().send_again(tx, *tx.outbox().find(id), world_.clock.now());
    });
    will_call_it("ATXid_2");
    deliver();

    receipt("ATXid_1", ReceiptState::kFailed);

    EXPECT_EQ(state(id), MessageState::kSent);
    receipt("ATXid_2", ReceiptState::kDelivered);
    EXPECT_EQ(state(id), MessageState::kDelivered);
}

TEST_F(CarrierIds_Delivery, AnIdThatNobodyEverNamesLeavesNothingAfterAnHour) {
    EXPECT_FALSE(receipt("ATXid_9", ReceiptState::kDelivered));
    EXPECT_FALSE(receipt("ATXid_8", ReceiptState::kAccepted));
    EXPECT_TRUE(keeps_early("ATXid_9"));
    EXPECT_FALSE(keeps_early("ATXid_8")) << "says nothing that could be needed later";

    world_.clock.advance(61min);
    keep_deadlines();

    EXPECT_FALSE(keeps_early("ATXid_9"));
}

TEST_F(CarrierIds_Delivery, AnIdIsKnownAsLongAsAReceiptMayCome) {
    const auto id = add(MessageClass::kAnswer, 60min);
    will_call_it("ATXid_1");
    deliver();

    world_.clock.advance(60min + world_.settings.outbox.receipt_window - 1s);
    keep_deadlines();
    EXPECT_TRUE(receipt("ATXid_1", ReceiptState::kDelivered));
    EXPECT_EQ(state(id), MessageState::kDelivered);

    world_.clock.advance(1min);
    keep_deadlines();
    EXPECT_FALSE(receipt("ATXid_1", ReceiptState::kDelivered));
}

TEST_F(CarrierIds_Delivery, ACarrierThatNamesNothingLeavesNothing) {
    add(MessageClass::kAnswer);
    deliver();

    EXPECT_EQ(world_.in([&](storage::Transaction& tx) {
        return std::optional{tx.carrier_ids().find(world_.channel().name, "")};
    }),
              std::nullopt);
}

}  // namespace
}  // namespace harborline::gateway
