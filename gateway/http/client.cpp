#include "gateway/http/client.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <deque>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "gateway/http/no_throw.hpp"
#include "gateway/http/request_text.hpp"

namespace harborline::gateway {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::awaitable;
using asio::ip::tcp;
using core::Error;
using core::ErrorKind;

namespace {

constexpr std::uint32_t kResponseHeaderMax = 16 * 1024;
constexpr int kInterimAnswersMax = 4;

using SteadyPoint = std::chrono::steady_clock::time_point;

/// One connection to a peer. While a request is under way its timer closes the socket at the deadline, which ends
/// whatever is being waited for.
struct Line {
    explicit Line(asio::io_context& loop) : socket(loop), timer(loop) {}

    using Tls = asio::ssl::stream<tcp::socket&>;

    tcp::socket socket;
    std::optional<Tls> tls{};  ///< Over the socket.
    asio::steady_timer timer;
    beast::flat_buffer buffer{};
    bool expired = false;
    SteadyPoint idle_since{};
};
using LinePtr = std::shared_ptr<Line>;

void arm(const LinePtr& line, SteadyPoint deadline) {
    line->timer.expires_at(deadline);
    line->timer.async_wait([weak = std::weak_ptr(line)](boost::system::error_code cancelled) {
        const auto armed = weak.lock();
        if (cancelled || !armed || armed->timer.expiry() > std::chrono::steady_clock::now()) return;
        armed->expired = true;
        boost::system::error_code ignored;
        armed->socket.close(ignored);
    });
}

// A quiet line has nothing to read. Anything else means that the peer closed it, or talks out of turn.
bool is_quiet(Line& line) {
    char byte = 0;
    boost::system::error_code failed;
    line.socket.non_blocking(true, failed);
    if (!failed) line.socket.receive(asio::buffer(&byte, 1), tcp::socket::message_peek, failed);
    return failed == asio::error::would_block;
}

/// True once connected.
awaitable<bool> reach(std::shared_ptr<Resolver> resolver, LinePtr line, std::string host, std::string port,
                      SteadyPoint deadline) {
    const auto found = co_await Resolver::find(std::move(resolver), std::move(host), deadline);
    if (found.empty() || line->expired) co_return false;
    std::vector<tcp::endpoint> endpoints;
    for (const auto& address : found) endpoints.emplace_back(address, static_cast<std::uint16_t>(std::stoul(port)));
    const auto [failed, endpoint] = co_await asio::async_connect(line->socket, endpoints, kNoThrow);
    if (failed) co_return false;
    boost::system::error_code ignored;
    line->socket.set_option(tcp::no_delay(true), ignored);
    co_return true;
}

Error unavailable(const RequestText& text, std::string_view why) {
    return {ErrorKind::kUnavailable, text.peer() + ": " + std::string(why)};
}

/// Connects, and makes sure of the peer where the address says https.
awaitable<core::Result<void>> open(std::shared_ptr<Resolver> resolver, LinePtr line, const RequestText& text,
                                   const std::optional<TlsTrust>& trust, SteadyPoint deadline) {
    if (text.tls && !trust) co_return unavailable(text, "https is not set up");
    const bool connected = co_await reach(std::move(resolver), line, text.host, text.port, deadline);
    if (!connected) co_return unavailable(text, "nobody answers there");
    if (!text.tls) co_return core::Result<void>{};
    line->tls.emplace(line->socket, trust->connect_to(text.host).release());
    const auto [failed] = co_await line->tls->async_handshake(asio::ssl::stream_base::client, kNoThrow);
    if (line->expired) co_return unavailable(text, "the handshake did not end in time");
    if (failed) co_return unavailable(text, TlsTrust::why_not(line->tls->native_handle()));
    co_return core::Result<void>{};
}

/// How many bytes of the request are out.
awaitable<std::size_t> write(LinePtr line, const std::string& bytes) {
    const auto from = asio::buffer(bytes);
    if (line->tls) {
        const auto [broken, written] = co_await asio::async_write(*line->tls, from, kNoThrow);
        co_return written;
    }
    const auto [broken, written] = co_await asio::async_write(line->socket, from, kNoThrow);
    co_return written;
}

using Parser = http::response_parser<http::string_body>;

awaitable<boost::system::error_code> read(LinePtr line, Parser& parser) {
    if (line->tls) {
        const auto [failed, size] = co_await http::async_read(*line->tls, line->buffer, parser, kNoThrow);
        co_return failed;
    }
    const auto [failed, size] = co_await http::async_read(line->socket, line->buffer, parser, kNoThrow);
    co_return failed;
}

Error unknown(const Line& line, const RequestText& text, std::string_view why) {
    const std::string said(line.expired ? "the answer did not come in time" : why);
    return {ErrorKind::kUnknown, text.peer() + ": the request was sent, but " + said};
}

struct Answer {
    WebResponse response{};
    bool line_is_reusable = false;
};

/// Reads the answer to a request that was sent whole.
awaitable<core::Result<Answer>> read_answer(LinePtr line, const RequestText& text, bool head_only,
                                            std::size_t response_max) {
    for (int interim = 0; interim < kInterimAnswersMax; ++interim) {
        Parser parser;
        parser.header_limit(kResponseHeaderMax);
        parser.body_limit(response_max);
        parser.skip(head_only);
        const boost::system::error_code failed = co_await read(line, parser);
        if (failed == http::error::body_limit) co_return unknown(*line, text, "the answer was too large");
        if (failed.category() == http::make_error_code(http::error::end_of_stream).category() &&
            failed != http::error::end_of_stream && failed != http::error::partial_message) {
            co_return unknown(*line, text, "the answer was not HTTP");
        }
        if (failed) co_return unknown(*line, text, "the connection broke before the answer was whole");
        auto& message = parser.get();
        if (message.result_int() / 100 == 1) continue;

        const auto header = [&](http::field name) { return std::string{message[name]}; };
        Answer answer;
        answer.response.status = static_cast<int>(message.result_int());
        answer.response.content_type = header(http::field::content_type);
        answer.response.retry_after = header(http::field::retry_after);
        answer.response.date = header(http::field::date);
        answer.response.body = std::move(message.body());
        answer.line_is_reusable = parser.keep_alive() && line->buffer.size() == 0;
        co_return answer;
    }
    co_return unknown(*line, text, "the answer never got to its point");
}

}  // namespace

struct HttpClient::Pool {
    Pool(asio::io_context& on, HttpClientOptions chosen)
        : loop(on), options(std::move(chosen)), resolver(std::make_shared<Resolver>(on, options.look_up)) {}

    /// A line that was quiet just now, or none.
    LinePtr take(const std::string& peer) {
        auto& idle = lines[peer];
        const auto oldest = std::chrono::steady_clock::now() - options.idle_max;
        while (!idle.empty()) {
            auto line = std::move(idle.back());
            idle.pop_back();
            if (line->idle_since > oldest && is_quiet(*line)) return line;
        }
        return nullptr;
    }

    void give_back(const std::string& peer, LinePtr line) {
        auto& idle = lines[peer];
        if (idle.size() == options.idle_max_per_host) idle.pop_front();
        line->idle_since = std::chrono::steady_clock::now();
        idle.push_back(std::move(line));
    }

    static awaitable<core::Result<WebResponse>> send(std::shared_ptr<Pool> pool, ApiRequest request);

    asio::io_context& loop;
    HttpClientOptions options;
    std::shared_ptr<Resolver> resolver;
    std::unordered_map<std::string, std::deque<LinePtr>> lines{};  ///< Idle ones; as many keys as carriers.
};

awaitable<core::Result<WebResponse>> HttpClient::Pool::send(std::shared_ptr<Pool> pool, ApiRequest request) {
    const auto deadline = std::chrono::steady_clock::now() + request.timeout;
    const auto text = write_request(request);
    if (!text) co_return text.error();
    // A line that was made sure of is for https only, and no other is.
    const std::string peer = (text->tls ? "https " : "http ") + text->peer();

    for (;;) {
        auto line = pool->take(peer);
        const bool reused = line != nullptr;
        if (!reused) line = std::make_shared<Line>(pool->loop);
        arm(line, deadline);
        if (!reused) {
            const core::Result<void> opened = co_await open(pool->resolver, line, *text, pool->options.trust, deadline);
            if (!opened) co_return opened.error();
        }

        const std::size_t written = co_await write(line, text->bytes);
        if (written < text->bytes.size()) {
            // A kept line may be dead without our knowing. A peer that never had the last byte has done nothing.
            if (reused && !line->expired) continue;
            co_return unavailable(*text, "the connection broke before the request was sent");
        }
        auto answer = co_await read_answer(line, *text, request.method == "HEAD", pool->options.response_max);
        if (!answer) co_return answer.error();
        line->timer.cancel();
        if (answer->line_is_reusable && !line->expired) pool->give_back(peer, std::move(line));
        co_return std::move(answer->response);
    }
}

HttpClient::HttpClient(asio::io_context& loop, HttpClientOptions options)
    : pool_(std::make_shared<Pool>(loop, std::move(options))) {}

HttpClient::~HttpClient() = default;

awaitable<core::Result<WebResponse>> HttpClient::send(ApiRequest request) {
    return Pool::send(pool_, std::move(request));
}

}  // namespace harborline::gateway
