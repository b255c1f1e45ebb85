#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "gateway/carriers/carrier.hpp"
#include "gateway/conversation/reply_desk.hpp"
#include "gateway/conversation/store_gate.hpp"
#include "gateway/http/log.hpp"
#include "handlers/core/message.hpp"
#include "handlers/core/random.hpp"
#include "handlers/core/time.hpp"

namespace harborline::gateway {

/// Hands one channel's messages to its carrier: at the channel's rate, a few at a time, each settled durably. A crash
/// between the carrier's acceptance and the settling can send a message twice; such a repeat is counted in its row.
class DeliveryWorker {
  public:
    using SendRequest = std::function<boost::asio::awaitable<core::Result<WebResponse>>(ApiRequest)>;
    using OnResult = std::function<void(core::MessageClass, SendResult::Kind)>;

    struct Parts {
        StoreGate& gate;
        ReplyDesk& replies;
        DutyDesk& desk;
        const Carrier& carrier;
        const config::ChannelSettings& channel;
        const config::Settings::Outbox& settings;
        core::Clock& clock;
        core::Random& random;
        SendRequest send;
        OnResult on_result;  ///< For metrics.
        Log log;
    };
    DeliveryWorker(Parts parts, boost::asio::any_io_executor executor);

    /// Claims what is due now, sends it and settles it. Returns how many messages it took.
    boost::asio::awaitable<int> run_once();

    /// Goes on until `stop`, looking for due rows when woken and at least once a second. A message under way is
    /// finished first.
    boost::asio::awaitable<void> run();
    void wake();
    void stop();

  private:
    struct Claimed {
        core::Message message{};
        core::PhoneNumber number{};
        bool wants_nothing = false;
    };

    boost::asio::awaitable<std::vector<Claimed>> claim();
    boost::asio::awaitable<void> deliver(Claimed claimed);
    boost::asio::awaitable<SendResult> attempt(const Claimed& claimed);
    boost::asio::awaitable<void> settle(core::Message message);
    boost::asio::awaitable<void> pace();

    Parts parts_;
    boost::asio::any_io_executor executor_;
    boost::asio::steady_timer sleep_;
    boost::asio::steady_timer pace_;
    std::chrono::steady_clock::time_point next_send_{};
    bool stopping_ = false;
    bool woken_ = false;
};

}  // namespace harborline::gateway
