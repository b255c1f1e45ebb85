#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/calls/switch_address.hpp"
#include "gateway/calls/switch_book.hpp"
#include "gateway/calls/switch_command.hpp"
#include "gateway/http/log.hpp"
#include "handlers/core/result.hpp"
#include "handlers/core/secret.hpp"

namespace harborline::gateway {

struct EventSocketOptions {
    SwitchAddress address{};
    core::Secret password{};
    std::chrono::milliseconds connect_max{5'000};
    std::chrono::milliseconds heartbeat{10'000};
    std::chrono::milliseconds answer_max{10'000};
    std::chrono::milliseconds backoff_min{500};  ///< Doubles up to the longest, which is also the wait after a refusal.
    std::chrono::milliseconds backoff_max{30'000};
    std::chrono::milliseconds gone_after{1'000};  ///< A leg that no longer exists may still have its end on the way.
};

/// The client of FreeSWITCH's event socket: places calls, ends calls, hears of calls that ended. Reconnects by itself,
/// and then asks what became of the calls that were open. Everything runs on the thread of its io_context, which must
/// outlive it; it must outlive what it was asked for.
class EventSocket {
  public:
    using OnLegEnd = std::function<void(const LegEnd&)>;

    enum class State : std::uint8_t {
        kDown,  ///< Not yet, no longer, or nobody there. It goes on trying.
        kUp,
        kShuttingDown,   ///< The switch says that it stops: nothing new is placed.
        kWrongPassword,  ///< Somebody has to look at the settings; tried again at the longest wait.
        kTurnedAway,     ///< The same: our address is not on the switch's list.
        kStopped,
    };

    /// `on_leg_end` is told of every leg of the switch that ends, whoever placed it, once.
    EventSocket(boost::asio::io_context& loop, EventSocketOptions options, OnLegEnd on_leg_end, Log log);
    ~EventSocket();

    /// Connects and stays connected until `stop`, which it follows at once. Once only.
    boost::asio::awaitable<void> run();
    void stop();

    State state() const;
    bool is_up() const { return state() == State::kUp; }
    /// One sentence for /readyz and the operator; empty while it is up.
    std::string_view why_not() const;
    /// Legs and placings that are open, as far as is known.
    std::size_t open_calls() const;

    /// Places a call and waits for its end: an answer, or none. Survives a cut, after which the switch is asked.
    /// Without an end within `guard` (to be at least two seconds longer than originate_timeout, which the switch counts
    /// in whole seconds) the legs are ended and the end is unknown, unless an answer was heard. Fails, with nothing
    /// placed, with
    ///   kMalformed    the order can not be sent;
    ///   kUnavailable  the socket is not up, or the switch does not take the command;
    ///   kConflict     a job of that name is open.
    boost::asio::awaitable<core::Result<PlacedEnd>> originate(CallOrder order, std::chrono::milliseconds guard);

    /// Ends a leg that rings or talks. False where there is no such leg (any more). Its end is told to `on_leg_end`.
    /// Fails with kMalformed, kUnavailable (not sent) and kUnknown (no answer came).
    boost::asio::awaitable<core::Result<bool>> hang_up(std::string uuid, std::string cause);
    /// Whether there is such a leg now. Fails like `hang_up`.
    boost::asio::awaitable<core::Result<bool>> exists(std::string uuid);

  private:
    struct Inner;
    std::shared_ptr<Inner> inner_;
};

}  // namespace harborline::gateway
