#pragma once
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "gateway/conversation/store_gate.hpp"
#include "gateway/workers/clock_worker.hpp"
#include "gateway/workers/delivery_worker.hpp"
#include "tests/gateway/http/loop.hpp"
#include "tests/support/family.hpp"
#include "tests/support/store_tap.hpp"
#include "tests/support/world.hpp"

namespace harborline::gateway {

/// A carrier that says what it is told to say: the status of a response is the number of a SendResult::Kind.
class FakeCarrier : public Carrier {
  public:
    const Capabilities& capabilities() const override { return capabilities_; }
    std::string_view methods(std::string_view) const override { return {}; }
    core::Result<std::vector<core::Result<core::Inbound>>> decode(const WebRequest&, core::Instant) const override {
        return core::Error{};
    }
    core::Result<std::vector<core::Result<core::Receipt>>> decode_status(const WebRequest&,
                                                                         core::Instant) const override {
        return core::Error{};
    }
    WebResponse encode_answer(const core::Answer&) const override { return {}; }
    std::vector<ApiRequest> build_send(const OutgoingMessage& message) const override {
        if (parts < 0) throw std::length_error("a text needs more parts than an SMS can have");
        std::vector<ApiRequest> requests;
        for (int part = 0; part < parts; ++part)
            requests.push_back({.url = std::to_string(message.id.value), .body = message.text});
        return requests;
    }
    SendResult read_send_result(const WebResponse& response) const override {
        return {.kind = static_cast<SendResult::Kind>(response.status),
                .reason = "as told",
                .retry_after = retry_after,
                .carrier_id = response.body};
    }

    int parts = 1;  ///< Negative: no number of them holds it.
    std::optional<std::chrono::seconds> retry_after{};
    void gives_no_receipts() { capabilities_.gives_receipts = false; }

  private:
    Capabilities capabilities_{};
};

inline core::Result<WebResponse> says(SendResult::Kind kind) {
    return WebResponse{.status = static_cast<int>(kind)};
}

/// The engine of a World on an event loop, with a carrier that records what it is given.
class WorkerFixture : public ::testing::Test {
  protected:
    struct Sent {
        std::int64_t id = 0;
        std::string text{};
        core::Instant at{};
    };

    ~WorkerFixture() override {
        world_.ground->store().stop();  // Its last callback needs the gate.
    }

    /// Of class kKinship: her child's words, as a letter.
    core::OutboxId add(core::MessageClass kind, std::chrono::minutes lives = std::chrono::minutes{60},
                       core::CaseId case_id = {}, std::string_view text = "您好") {
        return world_.in([&](storage::Transaction& tx) {
            const auto now = world_.clock.now();
            const core::Message row{.channel = world_.channel().name,
                                    .to = tx.handsets().find_or_add(her_, now).id,
                                    .text = std::string{text},
                                    .kind = kind,
                                    .created_at = now,
                                    .due_at = now,
                                    .expires_at = now + lives,
                                    .case_id = case_id};
            if (kind != core::MessageClass::kKinship) return tx.outbox().add(row);
            return testing::add_letter(tx, testing::add_child_and_mother(tx, "小明", her_, now), row, text);
        });
    }
    core::Message message(core::OutboxId id) {
        return world_.in([&](storage::Transaction& tx) { return *tx.outbox().find(id); });
    }

    virtual DeliveryWorker::Parts parts() {
        return {.gate = gate_,
                .replies = world_.ground->replies(),
                .desk = world_.ground->taker().desk(),
                .carrier = carrier_,
                .channel = channel_,
                .settings = world_.settings.outbox,
                .clock = world_.clock,
                .random = random_,
                .send = [this](ApiRequest request) { return send(std::move(request)); },
                .on_result = [this](core::MessageClass, SendResult::Kind kind) { results_.push_back(kind); },
                .log = {}};
    }
    boost::asio::awaitable<core::Result<WebResponse>> send(ApiRequest request) {
        sent_.push_back({std::stoll(request.url), std::move(request.body), world_.clock.now()});
        if (on_send_) on_send_();
        core::Result<WebResponse> answer = says(SendResult::Kind::kSent);
        if (!answers_.empty()) {
            answer = answers_.front();
            answers_.pop_front();
        }
        co_return answer;
    }

    /// One pass of a worker of its own, as after a restart.
    int deliver() {
        DeliveryWorker worker(parts(), loop_.get_executor());
        return testing::run(loop_, worker.run_once());
    }
    int keep_deadlines() {
        ClockWorker worker(clock_parts(gate_), loop_.get_executor());
        return testing::run(loop_, worker.run_once());
    }
    ClockWorker::Parts clock_parts(StoreGate& gate) {
        return {.gate = gate,
                .taker = world_.ground->taker(),
                .replies = world_.ground->replies(),
                .settings = world_.settings.outbox,
                .clock = world_.clock,
                .on_commit = [this] { ++commits_; },
                .log = {}};
    }

    testing::World world_{};
    core::PhoneNumber her_ = testing::phone(1);
    config::ChannelSettings channel_ = [this] {
        auto quick = world_.channel();
        quick.rate_per_s = 100'000;
        return quick;
    }();
    FakeCarrier carrier_{};
    testing::FakeRandom random_{99};
    std::vector<Sent> sent_{};
    std::vector<SendResult::Kind> results_{};
    std::deque<core::Result<WebResponse>> answers_{};
    std::function<void()> on_send_{};
    int commits_ = 0;
    boost::asio::io_context loop_{1};
    testing::StoreTap tap_{world_.ground->store()};
    StoreGate gate_{tap_, loop_.get_executor()};
};

}  // namespace harborline::gateway
