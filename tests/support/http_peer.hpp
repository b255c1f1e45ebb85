#pragma once
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "tests/gateway/http/loop.hpp"

namespace harborline::testing {

/// A client on the server's own loop that says raw bytes and hears everything until the server closes.
class HttpPeer {
  public:
    HttpPeer(boost::asio::io_context& loop, std::uint16_t port, std::string request)
        : state_(std::make_shared<State>(loop)) {
        state_->request = std::move(request);
        state_->socket.connect({boost::asio::ip::make_address("127.0.0.1"), port});
        boost::asio::co_spawn(loop, talk(state_), [](std::exception_ptr) {});
    }

    bool done() const { return state_->done; }
    const std::string& heard() const { return state_->heard; }

  private:
    struct State {
        explicit State(boost::asio::io_context& loop) : socket(loop) {}
        boost::asio::ip::tcp::socket socket;
        std::string request{};
        std::string heard{};
        bool done = false;
    };

    static boost::asio::awaitable<void> talk(std::shared_ptr<State> state) {
        constexpr auto kNoThrow = boost::asio::as_tuple(boost::asio::use_awaitable);
        // A server that refuses early may close on the rest: what matters is what it says.
        const auto buffer = boost::asio::buffer(state->request);
        co_await boost::asio::async_write(state->socket, buffer, kNoThrow);
        std::array<char, 4096> piece{};
        for (bool open = true; open;) {
            const auto into = boost::asio::buffer(piece);
            const auto [failed, size] = co_await state->socket.async_read_some(into, kNoThrow);
            state->heard.append(piece.data(), size);
            open = !failed;
        }
        state->done = true;
    }

    std::shared_ptr<State> state_;
};

/// One request and everything that comes back.
inline std::string exchange(boost::asio::io_context& loop, std::uint16_t port, std::string request) {
    const HttpPeer peer(loop, port, std::move(request));
    if (!run_until(loop, [&] { return peer.done(); })) return "<no end>";
    return peer.heard();
}

/// A request line and headers, then the body.
inline std::string http(std::string_view method, std::string_view target, std::string_view body = {},
                        std::string_view headers = {}) {
    std::string request{method};
    request.append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n").append(headers);
    if (!body.empty() || method == "POST")
        request.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
    return request.append("\r\n").append(body);
}

inline int status_of(std::string_view response) {
    return response.starts_with("HTTP/1.1 ") ? std::stoi(std::string{response.substr(9, 3)}) : 0;
}
inline std::string body_of(std::string_view response) {
    const auto at = response.find("\r\n\r\n");
    return at == std::string_view::npos ? std::string{} : std::string{response.substr(at + 4)};
}

}  // namespace harborline::testing
