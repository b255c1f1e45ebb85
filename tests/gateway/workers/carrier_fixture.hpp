#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/carriers/kannel_carrier.hpp"
#include "gateway/carriers/webhook_query.hpp"
#include "gateway/http/client.hpp"
#include "tests/gateway/workers/worker_fixture.hpp"
#include "tests/support/scripted_carrier.hpp"

namespace harborline::gateway {

inline std::string http_answer(std::string_view status, std::string_view body = {}, std::string_view headers = {}) {
    std::string answer{"HTTP/1.1 "};
    answer.append(status).append("\r\n").append(headers).append("Content-Length: ");
    return answer.append(std::to_string(body.size())).append("\r\n\r\n").append(body);
}
inline const std::string kAccepted = http_answer("202 Accepted", "0: Accepted for delivery");

/// The sender with the real HTTP client and Kannel's dialect, against a scripted carrier that counts what it takes for
/// each person and gives receipts when it is told to.
class CarrierFixture : public WorkerFixture {
  protected:
    using Takes = std::map<std::pair<std::int64_t, int>, int>;

    CarrierFixture() {
        peer_.usual.says = kAccepted;
        peer_.on_taken = [this](const std::string& request) { take(request); };
    }

    DeliveryWorker::Parts parts() override {
        return {.gate = gate_,
                .replies = world_.ground->replies(),
                .desk = world_.ground->taker().desk(),
                .carrier = *kannel_,
                .channel = channel_,
                .settings = world_.settings.outbox,
                .clock = world_.clock,
                .random = random_,
                .send =
                    [this](ApiRequest request) {
                        request.timeout = timeout_;
                        return client_.send(std::move(request));
                    },
                .on_result = [this](core::MessageClass, SendResult::Kind kind) { results_.push_back(kind); },
                .log = {}};
    }

    /// Gives every receipt that is owed: delivered, by default.
    void give_receipts(int state = 1) {
        for (auto& query : std::exchange(owed_, {})) give_receipt(std::move(query), state);
    }
    void give_receipt(std::string query, int state) {
        const auto at = query.find("%d");
        if (at != std::string::npos) query.replace(at, 2, std::to_string(state));
        const auto receipts = kannel_->decode_status({.method = "GET", .action = "status", .query = std::move(query)},
                                                     world_.clock.now());
        ASSERT_TRUE(receipts);
        for (const auto& receipt : *receipts)
            world_.in([&](storage::Transaction& tx) { world_.ground->replies().receipt(tx, receipt.value()); });
    }

    bool is_on_its_way(core::OutboxId id) {
        const auto state = message(id).state;
        return state == core::MessageState::kWaiting || state == core::MessageState::kSending;
    }
    /// Goes on until nothing is waiting any more; a minute between two looks.
    void send_to_the_end(core::OutboxId id, bool receipts) {
        for (int minute = 0; minute < 180; ++minute) {
            if (receipts) give_receipts();
            if (!is_on_its_way(id)) return;
            world_.clock.advance(std::chrono::minutes{1});
            deliver();
        }
    }
    /// How often the carrier took the part of a message that it took most often.
    int taken(core::OutboxId id) const {
        int most = 0;
        for (const auto& [which, times] : takes_)
            if (which.first == id.value) most = std::max(most, times);
        return most;
    }
    /// The promise to a person: nothing twice but what is marked, some classes never, and an end that somebody sees.
    void expect_kept(core::OutboxId id) {
        const auto stored = message(id);
        EXPECT_LE(taken(id), 1 + stored.repeats);
        if (!core::may_repeat(stored.kind)) {
            EXPECT_LE(taken(id), 1);
        }
        using enum core::MessageState;
        EXPECT_THAT(stored.state, ::testing::AnyOf(kDelivered, kFailed, kUnknown, kExpired, kDead));
        if (stored.state == kExpired) {
            EXPECT_EQ(taken(id), 0) << "expired says that it never went";
        }
    }

    std::unique_ptr<Carrier> kannel() {
        return make_kannel({.api_url = peer_.url("/cgi-bin/sendsms"),
                            .user = "harborline",
                            .password = core::Secret{"not-a-password"},
                            .number = "12338",
                            .status_url = core::Secret{"http://127.0.0.1:1/in/kannel/token/status"},
                            .country = "86"});
    }

    testing::ScriptedCarrier peer_{loop_};
    HttpClient client_{loop_};
    std::unique_ptr<Carrier> kannel_ = kannel();
    std::chrono::milliseconds timeout_{20'000};
    Takes takes_{};
    std::vector<std::string> owed_{};  ///< Queries of receipts, their state still "%d".
    std::function<void()> before_answer_{};

  private:
    void take(const std::string& request) {
        constexpr std::string_view kUrl = "X-Kannel-DLR-Url: ";
        const auto from = request.find('?', request.find(kUrl)) + 1;
        std::string query = request.substr(from, request.find("\r\n", from) - from);
        const auto field = [&](std::string_view name) {
            return std::stoll(query.substr(query.find(name) + name.size()));
        };
        ++takes_[{field("id="), static_cast<int>(field("&part="))}];
        owed_.push_back(std::move(query));
        if (before_answer_) before_answer_();
    }
};

}  // namespace harborline::gateway
