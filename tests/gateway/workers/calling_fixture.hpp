#pragma once
#include <vector>

#include "tests/gateway/workers/worker_fixture.hpp"
#include "tests/support/caller.hpp"

namespace harborline::gateway {

/// The sender of a channel that places calls: each ends as told.
class CallingFixture : public WorkerFixture {
  protected:
    CallingFixture() {
        world_.settings.channels.push_back(testing::settings_with_voice().channels.back());
        channel_ = world_.settings.channels.back();
        channel_.rate_per_s = 100'000;
    }

    DeliveryWorker::Parts parts() override {
        auto all = WorkerFixture::parts();
        all.place = [this](OutgoingMessage message) { return place(std::move(message)); };
        return all;
    }
    boost::asio::awaitable<SendResult> place(OutgoingMessage message) {
        placed_.push_back(message.to);
        SendResult result{.kind = ends_};
        co_return result;
    }

    std::vector<core::PhoneNumber> placed_{};
    SendResult::Kind ends_ = SendResult::Kind::kSent;
};

}  // namespace harborline::gateway
