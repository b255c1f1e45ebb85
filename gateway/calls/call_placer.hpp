#pragma once
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "gateway/calls/event_socket.hpp"
#include "gateway/carriers/carrier.hpp"
#include "handlers/core/ids.hpp"
#include "handlers/core/result.hpp"

namespace harborline::gateway {

/// One call of ours on its way out.
struct OutgoingCall {
    core::OutboxId id{};
    int attempt = 1;  ///< From 1.
    std::chrono::seconds ring{25};
    /// Writes "bgapi originate …" for a call of that name: number, our number and the address to ask are in it.
    std::function<core::Result<std::string>(std::string_view uuid)> command{};
};

/// What an attempt's call is called, here and in the switch: the same whenever it is asked for, so that an attempt that
/// is made again (its end was lost in a crash) finds its name taken while its call is up, and rings nobody twice.
std::string call_name(core::OutboxId id, int attempt);

/// Places calls through the event socket, and says what came of it as of a message:
///   kSent     answered, and the dialogue has begun; or the attempt's call is up already. `carrier_id` is its name.
///   kRetry    busy, no answer, declined, no way there, the socket down: nobody was reached, and somebody may be later;
///   kRefused  there is no such number, or the order can not be sent;
///   kUnknown  cut in between: it may have been answered.
class CallPlacer {
  public:
    explicit CallPlacer(EventSocket& socket) : socket_(socket) {}

    boost::asio::awaitable<SendResult> place(OutgoingCall call);

  private:
    EventSocket& socket_;
};

}  // namespace harborline::gateway
