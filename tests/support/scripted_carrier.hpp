#pragma once
#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace harborline::testing {

/// What a carrier does with one request.
struct Conduct {
    static constexpr std::size_t kWhole = SIZE_MAX;
    enum class End { kKeep, kClose, kReset, kHang, kDeaf };

    std::string says{};                           ///< The bytes of its answer.
    End end = End::kKeep;                         ///< What becomes of the connection afterwards.
    std::size_t reads = kWhole;                   ///< So much of the request is read before that.
    bool takes = true;                            ///< A request that was read whole goes to the person.
    bool in_pieces = false;                       ///< Says its answer byte by byte,
    std::chrono::milliseconds between_pieces{0};  ///< with this in between.
    std::string too_late{};                       ///< Said when the other side has hung up.
};

/// A carrier's HTTP interface on loopback, on the loop of whoever tests it: does what it is told, well or badly, and
/// counts what it took.
class ScriptedCarrier {
  public:
    explicit ScriptedCarrier(boost::asio::io_context& loop) : loop_(loop), acceptor_(loop) { listen(); }

    std::deque<Conduct> script{};  ///< For each request in the order of arrival; after that:
    Conduct usual{};
    std::vector<std::string> requests{};                 ///< Read whole.
    std::function<void(const std::string&)> on_taken{};  ///< Before the answer.
    int connections = 0;
    int ended = 0;  ///< Connections that are over.

    std::string url(std::string_view target = "/send?x=1") const {
        return "http://127.0.0.1:" + std::to_string(port_) + std::string{target};
    }
    /// From now on nobody is there.
    void refuse() { acceptor_.close(); }
    void listen() {
        const Tcp::endpoint here(boost::asio::ip::make_address("127.0.0.1"), port_);
        acceptor_.open(here.protocol());
        acceptor_.set_option(Tcp::acceptor::reuse_address(true));
        acceptor_.bind(here);
        acceptor_.listen();
        port_ = acceptor_.local_endpoint().port();
        boost::asio::co_spawn(loop_, accept_all(), [](std::exception_ptr) {});
    }

  private:
    using Tcp = boost::asio::ip::tcp;
    template <class Value>
    using awaitable = boost::asio::awaitable<Value>;
    static constexpr auto kNoThrow = boost::asio::as_tuple(boost::asio::use_awaitable);

    awaitable<void> accept_all() {
        for (;;) {
            auto [failed, socket] = co_await acceptor_.async_accept(kNoThrow);
            if (failed) co_return;
            ++connections;
            boost::asio::co_spawn(loop_, serve(std::move(socket)), [this](std::exception_ptr) { ++ended; });
        }
    }

    awaitable<void> serve(Tcp::socket socket) {
        std::string heard;
        for (;;) {
            co_await socket.async_wait(Tcp::socket::wait_read, kNoThrow);
            boost::system::error_code none;
            if (heard.empty() && socket.available(none) == 0) co_return;
            const Conduct conduct = next();
            if (!co_await read(socket, heard, conduct.reads)) co_return;
            if (conduct.reads == Conduct::kWhole) {
                requests.push_back(std::exchange(heard, {}));
                if (conduct.takes && on_taken) on_taken(requests.back());
            }
            co_await say(socket, conduct);
            if (conduct.end == Conduct::End::kDeaf) co_await be_deaf();
            if (conduct.end == Conduct::End::kHang) co_await hang(socket, conduct.too_late);
            if (conduct.end == Conduct::End::kReset) socket.set_option(boost::asio::socket_base::linger(true, 0));
            if (conduct.end != Conduct::End::kKeep) co_return;
        }
    }

    Conduct next() {
        if (script.empty()) return usual;
        Conduct conduct = std::move(script.front());
        script.pop_front();
        return conduct;
    }

    /// So many bytes, or up to the end of the body; false where the other side ends before.
    static awaitable<bool> read(Tcp::socket& socket, std::string& heard, std::size_t most) {
        while (heard.size() < std::min(most, whole_size(heard))) {
            char byte = 0;
            const auto into = boost::asio::buffer(&byte, 1);
            const auto [failed, size] = co_await boost::asio::async_read(socket, into, kNoThrow);
            if (failed) co_return false;
            heard.push_back(byte);
        }
        co_return true;
    }
    static std::size_t whole_size(const std::string& heard) {
        constexpr std::string_view kLength = "Content-Length: ";
        const auto end = heard.find("\r\n\r\n");
        if (end == std::string::npos) return SIZE_MAX;
        const auto length = heard.find(kLength);
        return end + 4 + (length < end ? std::stoul(heard.substr(length + kLength.size())) : 0);
    }

    awaitable<void> say(Tcp::socket& socket, const Conduct& conduct) {
        const std::size_t piece = conduct.in_pieces ? 1 : std::max<std::size_t>(conduct.says.size(), 1);
        boost::asio::steady_timer pause(loop_);
        for (std::size_t at = 0; at < conduct.says.size(); at += piece) {
            const auto bytes = boost::asio::buffer(conduct.says.data() + at, piece);
            const auto [failed, size] = co_await boost::asio::async_write(socket, bytes, kNoThrow);
            if (failed) co_return;
            if (!conduct.in_pieces) continue;
            pause.expires_after(conduct.between_pieces);
            co_await pause.async_wait(kNoThrow);
        }
    }

    /// Not even looks at what comes.
    awaitable<void> be_deaf() {
        boost::asio::steady_timer never(loop_, boost::asio::steady_timer::time_point::max());
        co_await never.async_wait(kNoThrow);
    }

    static awaitable<void> hang(Tcp::socket& socket, const std::string& too_late) {
        char ignored = 0;
        for (bool open = true; open;) {
            const auto into = boost::asio::buffer(&ignored, 1);
            const auto [failed, size] = co_await boost::asio::async_read(socket, into, kNoThrow);
            open = !failed;
        }
        co_await boost::asio::async_write(socket, boost::asio::buffer(too_late), kNoThrow);
    }

    boost::asio::io_context& loop_;
    Tcp::acceptor acceptor_;
    std::uint16_t port_ = 0;
};

}  // namespace harborline::testing
