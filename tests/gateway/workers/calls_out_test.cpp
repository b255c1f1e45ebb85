// Calls that the sender places: by their own way, by day, three times at the most, and never to whoever wants none.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <vector>

#include "tests/gateway/workers/worker_fixture.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using core::MessageClass;
using core::MessageState;
using Kind = SendResult::Kind;

class CallsOut : public WorkerFixture {
  protected:
    CallsOut() { channel_.kind = core::ChannelKind::kVoice; }

    DeliveryWorker::Parts parts() override {
        auto all = WorkerFixture::parts();
        if (places_) all.place = [this](OutgoingMessage message) { return place(std::move(message)); };
        return all;
    }
    boost::asio::awaitable<SendResult> place(OutgoingMessage message) {
        placed_.push_back(message.id);
        SendResult result{.kind = Kind::kSent};
        if (!ends_.empty()) {
            result.kind = ends_.front();
            ends_.pop_front();
        }
        co_return result;
    }

    /// What a whole petition has left to be sent comes first.
    /// One phone is called once at a time, and tried again after a while.
    void deliver_all() {
        for (int rounds = 0; rounds < 20 && deliver() > 0; ++rounds) world_.clock.advance(20s);
    }

    bool places_ = true;
    std::vector<core::OutboxId> placed_{};
    std::deque<Kind> ends_{};
};

TEST_F(CallsOut, GoByTheirOwnWayAndNotOverHttp) {
    const auto id = add(MessageClass::kReply);

    deliver();

    EXPECT_EQ(placed_, std::vector{id});
    EXPECT_TRUE(sent_.empty());
    EXPECT_EQ(message(id).state, MessageState::kSent);
}

TEST_F(CallsOut, AreTriedThreeTimesAQuarterOfAnHourApart) {
    const auto id = add(MessageClass::kReply, 24h);
    ends_ = {Kind::kRetry, Kind::kRetry, Kind::kRetry};

    for (int attempt = 1; attempt < 3; ++attempt) {
        deliver();
        EXPECT_EQ(message(id).state, MessageState::kWaiting);
        EXPECT_EQ(message(id).due_at, world_.clock.now() + 15min);
        world_.clock.advance(15min);
    }
    deliver();

    EXPECT_EQ(placed_.size(), 3U);
    EXPECT_EQ(message(id).state, MessageState::kDead);
}

TEST_F(CallsOut, WaitForTheMorning) {
    const auto id = add(MessageClass::kReply, 24h);
    world_.clock.advance(10h);  // It is eight in the evening.

    deliver();
    EXPECT_TRUE(placed_.empty());
    EXPECT_EQ(message(id).due_at, world_.clock.now() + 12h);
    world_.clock.advance(12h);
    deliver();

    EXPECT_EQ(placed_, std::vector{id});
}

TEST_F(CallsOut, WithoutAWayAreRefusedInWordsAndTheTaskComesBack) {
    places_ = false;
    const auto matter = world_.petition(her_, "1");
    const auto id = add(MessageClass::kReply, 60min, matter);
    world_.in([&](storage::Transaction& tx) {
        auto answered = *tx.cases().find(matter);
        answered.reply = id;
        answered.status = core::CaseStatus::kReplied;
        tx.cases().update(answered);
    });

    deliver_all();

    EXPECT_TRUE(sent_.empty());
    EXPECT_EQ(message(id).state, MessageState::kDead);
    EXPECT_NE(message(id).reason.find("event_socket"), std::string::npos);
    EXPECT_EQ(world_.matter(matter).status, core::CaseStatus::kAccepted);
}

TEST_F(CallsOut, I6_ReachNobodyWhoWantsToBeTheOneWhoCalls) {
    for (const auto kind : {core::ChannelKind::kVoice, core::ChannelKind::kSms}) {
        channel_.kind = kind;
        const auto id = add(MessageClass::kReply, 60min, world_.petition(her_, "3"));

        deliver_all();

        EXPECT_EQ(message(id).state, MessageState::kDropped);
        EXPECT_EQ(std::ranges::count(placed_, id), 0);
        EXPECT_EQ(std::ranges::count(sent_, id.value, &Sent::id), 0);
    }
}

}  // namespace
}  // namespace harborline::gateway
