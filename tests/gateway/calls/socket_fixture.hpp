#pragma once
#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/calls/event_socket.hpp"
#include "tests/gateway/calls/fake_switch.hpp"
#include "tests/gateway/http/loop.hpp"

namespace harborline::testing {

/// A client of a fake switch, on one loop. What comes of everything stands in `told`, a line each.
class SocketFixture : public ::testing::Test {
  protected:
    ~SocketFixture() override {
        if (client_) client_->stop();
        const bool ended = run_until(
            loop_, [this] { return ended_ || !client_; }, std::chrono::seconds{1});
        EXPECT_TRUE(ended) << "stop() ends run() within a second";
    }

    void start(std::vector<SwitchScript> scripts = {}) {
        switch_ = std::make_unique<FakeSwitch>(loop_, std::move(scripts));
        options_.address.port = switch_->port();
        const auto note = [this](const gateway::LegEnd& end) { told_.push_back(words_of(end)); };
        client_ = std::make_unique<gateway::EventSocket>(loop_, options_, note, gateway::Log{});
        boost::asio::co_spawn(loop_, client_->run(), [this](std::exception_ptr failed) { ended_ = !failed; });
    }
    void start_up() {
        start();
        ASSERT_TRUE(wait([this] { return client_->is_up(); }));
    }

    template <class Condition>
    bool wait(Condition holds) {
        return run_until(loop_, holds, std::chrono::seconds{5});
    }

    /// …01: "a1990000-0000-4000-8000-000000000001".
    static std::string leg(std::string_view tail) { return "a1990000-0000-4000-8000-0000000000" + std::string(tail); }
    static gateway::CallOrder order(std::string_view tail) {
        gateway::CallOrder order;
        order.job = "b1990000-0000-4000-8000-0000000000" + std::string(tail);
        order.legs = {leg(tail)};
        order.command = "bgapi originate {origination_uuid=" + leg(tail) + "}sofia/lo/19900000002 &park()";
        return order;
    }

    void originate(gateway::CallOrder order, std::chrono::milliseconds guard = std::chrono::seconds{8}) {
        const std::string name = order.job.substr(34);
        ++under_way_;
        boost::asio::co_spawn(loop_, client_->originate(std::move(order), guard),
                              [this, name](std::exception_ptr failed, core::Result<gateway::PlacedEnd> end) {
                                  --under_way_;
                                  if (failed) told_.push_back("thrown");
                                  if (!failed) told_.push_back("call " + name + ": " + words_of(end));
                              });
    }
    void hang_up(std::string uuid, std::string cause) {
        const std::string name = uuid.substr(34);
        note("kill " + name, client_->hang_up(std::move(uuid), std::move(cause)));
    }
    void ask_for(std::string uuid) {
        const std::string name = uuid.substr(34);
        note("exists " + name, client_->exists(std::move(uuid)));
    }

    boost::asio::io_context loop_{1};
    gateway::EventSocketOptions options_ = quick();
    std::unique_ptr<FakeSwitch> switch_{};
    std::unique_ptr<gateway::EventSocket> client_{};
    std::vector<std::string> told_{};
    int under_way_ = 0;

  private:
    static gateway::EventSocketOptions quick() {
        using std::chrono::milliseconds;
        gateway::EventSocketOptions options;
        options.password = core::Secret{"ClueCon-test"};
        options.backoff_min = milliseconds{1};
        options.gone_after = milliseconds{5};
        return options;
    }

    static std::string words_of(const gateway::LegEnd& end) {
        std::string words = "over " + end.uuid.substr(34) + ": " + (end.cause.empty() ? "nobody knows" : end.cause);
        if (end.answered) words += " after " + std::to_string(end.talked.count());
        return words;
    }
    static std::string words_of(const core::Result<gateway::PlacedEnd>& end) {
        if (!end) return end.error().message;
        std::string words{gateway::words_of(end->kind)};
        if (!end->cause.empty()) words += " " + end->cause;
        if (!end->leg.empty()) words += " by " + end->leg.substr(34);
        return words;
    }
    void note(std::string what, boost::asio::awaitable<core::Result<bool>> task) {
        ++under_way_;
        boost::asio::co_spawn(loop_, std::move(task), [this, what](std::exception_ptr failed, core::Result<bool> said) {
            --under_way_;
            const std::string word = !said ? said.error().message : (*said ? "yes" : "no");
            told_.push_back(what + ": " + (failed ? "thrown" : word));
        });
    }

    bool ended_ = false;
};

}  // namespace harborline::testing
