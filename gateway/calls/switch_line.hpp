#pragma once
#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/calls/event_reader.hpp"

namespace harborline::gateway {

/// One connection to FreeSWITCH's event socket, from the greeting to its end: gives the password, asks for events,
/// keeps answers with their commands (there is no link between them but the order), and notices when nothing comes any
/// more. Everything runs on the thread of its io_context.
class SwitchLine : public std::enable_shared_from_this<SwitchLine> {
  public:
    enum class End : std::uint8_t {
        kStopped,      ///< By us.
        kUnreachable,  ///< Nobody listens there.
        kCut,          ///< By the other side.
        kSilent,       ///< No answer in time, though the connection stands: a switch that hangs.
        kMalformed,    ///< What came was no event socket's.
        kWrongPassword,
        kTurnedAway,  ///< Our address is not on its list.
        kNoEvents,    ///< It took the password and refused the subscription.
    };
    struct Limits {
        std::chrono::milliseconds connect_max{5'000};  ///< From the beginning until events are subscribed.
        std::chrono::milliseconds heartbeat{10'000};   ///< So long without a command, and one is sent to be answered.
        std::chrono::milliseconds answer_max{10'000};  ///< A slow command of another client holds up ours, too.
    };
    struct Listener {
        std::function<void()> on_up{};
        std::function<void(const SwitchText& event)> on_event{};
    };
    /// The answer; nothing where the line ended before it.
    using OnAnswer = std::function<void(std::optional<std::string>)>;

    SwitchLine(boost::asio::io_context& loop, Limits limits, std::string password, Listener listener);

    /// Lives as long as the connection does. Once only.
    static boost::asio::awaitable<End> run(std::shared_ptr<SwitchLine> line, boost::asio::ip::tcp::endpoint peer);

    /// False where the line is no more or too much waits already: then nothing was sent, and `on_answer` is not called.
    bool ask(std::string command, OnAnswer on_answer);
    /// It says that it is going to end: it has `answer_max` to do so.
    void expect_end();
    void close(End why = End::kStopped);

  private:
    using SteadyTime = std::chrono::steady_clock::time_point;
    struct Asked {
        SteadyTime at{};
        OnAnswer on_answer{};
    };

    void take_in(std::string_view piece);
    void take(const SwitchMessage& message);
    void log_in();
    void subscribe();
    void answer(const SwitchMessage& message);
    void flush();
    void watch(SteadyTime until);
    void look();

    boost::asio::ip::tcp::socket socket_;
    boost::asio::steady_timer timer_;
    Limits limits_;
    std::string password_;
    Listener listener_;
    EventReader reader_{};
    std::array<char, 16'384> piece_{};
    std::deque<Asked> asked_{};
    std::string queued_{};
    std::string writing_{};
    bool greeted_ = false;
    bool up_ = false;
    bool ending_ = false;
    std::optional<End> end_{};
};

}  // namespace harborline::gateway
