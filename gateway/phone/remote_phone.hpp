#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "gateway/http/client.hpp"
#include "gateway/phone/phone_act.hpp"
#include "handlers/core/inbound.hpp"
#include "handlers/core/phone_number.hpp"

namespace harborline::gateway {

/// The terminal phone's end of a running gateway's handset channels. `withheld()` calls without a number and gets no
/// texts. What is typed comes from standard input, what
/// arrives goes to standard output.
class RemotePhone {
  public:
    /// Where the gateway takes what this phone does: up to the token, without a slash at the end.
    struct Lines {
        std::string texts{};
        std::string sessions{};  ///< Empty: the phone does not dial.
        std::string calls{};     ///< Empty: it does not call.
        core::ScreenLimits screen{};
    };
    RemotePhone(boost::asio::io_context& loop, Lines lines, core::PhoneNumber number);

    /// Until the end of input; then a session or call that is open breaks off, what was sent last gets its time for an
    /// answer, and the loop is stopped.
    boost::asio::awaitable<void> read_keyboard();
    boost::asio::awaitable<void> read_mailbox();

    /// Whether the gateway has answered at all.
    bool connected() const { return connected_; }

  private:
    boost::asio::awaitable<std::optional<boost::json::value>> post(std::string url, boost::json::object fields);
    void complain(const std::string& why);
    boost::asio::awaitable<void> typed(std::string line);
    boost::asio::awaitable<void> text(std::string words);
    boost::asio::awaitable<void> dial();
    boost::asio::awaitable<void> enter(std::string event, std::string words);
    boost::asio::awaitable<void> drop();
    boost::asio::awaitable<void> look();
    // Calls (remote_call.cpp).
    boost::asio::awaitable<void> keyed(std::string line);
    boost::asio::awaitable<void> act(PhoneAct done);
    boost::asio::awaitable<void> record(std::string file);
    boost::asio::awaitable<void> happened(boost::json::object fields);
    void heard(const boost::json::object& answer);
    boost::asio::awaitable<void> hang_up();
    std::string fresh_id(char kind);

    boost::asio::io_context& loop_;
    HttpClient client_;
    Lines lines_;
    core::PhoneNumber number_;
    boost::asio::posix::stream_descriptor input_;
    std::string session_{};  ///< Empty: none is open.
    std::string call_{};     ///< Empty: none is on.
    std::string waits_{};    ///< What the call does, as the gateway names it.
    std::int64_t step_ = 0;  ///< Of its last answer.
    std::int64_t seen_ = 0;
    int sent_ = 0;
    bool quiet_ = false;
    bool connected_ = false;
};

}  // namespace harborline::gateway
