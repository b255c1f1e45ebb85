#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <typeinfo>

#include "gateway/http/no_throw.hpp"
#include "gateway/http/response_text.hpp"
#include "gateway/http/server_core.hpp"

namespace harborline::gateway {

namespace asio = boost::asio;

namespace {

// A refused client may go on sending so much before we stop listening to it.
constexpr std::size_t kLingerBytesMax = 16 * 1024 * 1024;
// So many requests that have come at once are answered before anybody else's.
constexpr int kInARowMax = 16;

}  // namespace

Server::Session::Session(std::shared_ptr<Core> core, Socket socket, std::string peer, Admission who)
    : core_(std::move(core)),
      wire_(std::move(socket), core_->options.tls),
      peer_(std::move(peer)),
      among_(who == Admission::kKnown ? &core_->idle : &core_->unproven),
      place_(among_->insert(among_->end(), this)),
      reader_(core_->policy, core_->options.header_max) {
    ++core_->counts.connections;
    // A new connection is expected to speak at once: waiting as long as between requests would invite hoarding.
    enter(Phase::kIdle, std::min(core_->options.header_timeout, core_->options.idle_timeout));
}

Server::Session::~Session() {
    if (!wire_.is_established()) ++core_->counts.handshakes_failed;
    among_->erase(place_);
    --core_->counts.connections;
}

asio::awaitable<void> Server::Session::run() {
    for (int in_a_row = 1;; ++in_a_row) {
        Step step = reader_.has_leftover() ? digest({}) : Step::kWait;
        while (step == Step::kWait) {
            const auto [waited] = co_await wire_.async_wait(Socket::wait_read, kNoThrow);
            step = receive(waited);
        }
        if (step == Step::kClose) co_return;
        if (step == Step::kRefuse) {
            co_await refuse();
            co_return;
        }

        const WebResponse response = co_await handle();
        const bool close = core_->stopping || !reader_.keep_alive();
        enter(Phase::kWriting, core_->options.idle_timeout);
        if (!send_answer(response, close)) co_return;
        if (!unsent_.empty()) {
            const bool sent = co_await flush();
            if (!sent) co_return;
        }
        if (close) co_return;

        reader_.finish();
        core_->give_back(std::move(request_));
        if (!reader_.has_leftover()) in_a_row = 0;
        if (in_a_row == kInARowMax) {
            in_a_row = 0;
            co_await asio::post(core_->acceptor.get_executor(), asio::use_awaitable);
        }
        enter(Phase::kIdle, core_->options.idle_timeout);
        move_to(core_->idle);
    }
}

bool Server::Session::is_unasked() const {
    return (phase_ == Phase::kIdle || phase_ == Phase::kReading) && !wire_.has_unread();
}

void Server::Session::close() {
    boost::system::error_code ignored;
    wire_.close(ignored);
}

void Server::Session::evict() {
    move_to(core_->leaving);
    close();
}

void Server::Session::move_to(Core::Sessions& to) {
    to.splice(to.end(), *among_, place_);
    among_ = &to;
}

void Server::Session::enter(Phase phase, std::chrono::milliseconds limit) {
    phase_ = phase;
    deadline_ = std::chrono::steady_clock::now() + limit;
}

void Server::Session::expire_if_due(SteadyTime now) {
    if (phase_ == Phase::kHandling || now < deadline_) return;
    ++core_->counts.timed_out;
    if (phase_ != Phase::kReading) return close();
    // The coroutine wakes up and answers 408.
    timed_out_ = true;
    deadline_ = SteadyTime::max();
    boost::system::error_code ignored;
    wire_.cancel(ignored);
}

Server::Session::Step Server::Session::receive(boost::system::error_code waited) {
    if (timed_out_) return Step::kRefuse;
    if (waited) return Step::kClose;
    static_assert(sizeof(core_->received) >= Wire::kRecordMax);
    boost::system::error_code failed;
    const auto size = wire_.read_some(asio::buffer(core_->received), failed);
    if (failed == asio::error::would_block) return Step::kWait;
    if (failed || size == 0) return Step::kClose;
    return digest({core_->received.data(), size});
}

Server::Session::Step Server::Session::digest(std::string_view bytes) {
    if (phase_ == Phase::kIdle) {
        enter(Phase::kReading, core_->options.header_timeout);
        if (among_ == &core_->idle) move_to(core_->busy);
        request_ = core_->take_request();
        reader_.start(*request_);
    }
    switch (reader_.feed(bytes)) {
        case RequestReader::State::kComplete:
            return Step::kHandle;
        case RequestReader::State::kRefused:
            return Step::kRefuse;
        case RequestReader::State::kNeedMore:
            break;
    }
    if (reader_.take_expects_continue() && !send("HTTP/1.1 100 Continue\r\n\r\n")) return Step::kClose;
    return unsent_.empty() ? Step::kWait : Step::kClose;
}

asio::awaitable<WebResponse> Server::Session::handle() {
    phase_ = Phase::kHandling;
    if (among_ == &core_->unproven) move_to(core_->busy);
    ++core_->counts.requests;
    request_->peer = peer_;
    try {
        auto answering = core_->handler(*request_);
        co_return co_await std::move(answering);
    } catch (const std::exception& bug) {
        // Its message may quote what it choked on; its type may not.
        ++core_->counts.failed;
        core_->options.log.error("request_failed", {{"exception", typeid(bug).name()}});
    }
    WebResponse sorry{.status = 500, .content_type = "text/plain", .body = "something is wrong here\n"};
    co_return sorry;
}

bool Server::Session::send(std::string_view bytes) {
    while (!bytes.empty()) {
        boost::system::error_code failed;
        const auto size = wire_.write_some(asio::buffer(bytes.data(), bytes.size()), failed);
        if (failed == asio::error::would_block) break;
        if (failed) return false;
        bytes.remove_prefix(size);
    }
    unsent_.assign(bytes);
    return true;
}

bool Server::Session::send_answer(const WebResponse& response, bool close, std::string_view allow) {
    const ResponseForm form{
        .close = close, .http_1_0 = reader_.is_http_1_0(), .head_only = request_->method == "HEAD", .allow = allow};
    write_response(response, form, core_->answer);
    return send(core_->answer);
}

asio::awaitable<bool> Server::Session::flush() {
    while (!unsent_.empty()) {
        const auto [waited] = co_await wire_.async_wait(Socket::wait_write, kNoThrow);
        if (waited) co_return false;
        const std::string bytes = std::exchange(unsent_, {});
        if (!send(bytes)) co_return false;
    }
    co_return true;
}

// The rest of the request is still on its way. To close on it would reset the connection, and the client might never
// see why: so we go on taking bytes for a moment, and throw them away.
asio::awaitable<void> Server::Session::refuse() {
    static const WebResponse late{.status = 408, .content_type = "text/plain", .body = "the request took too long\n"};
    ++core_->counts.refused;
    enter(Phase::kClosing, core_->options.linger);
    const auto& refusal = reader_.refusal();
    if (!send_answer(timed_out_ ? late : *refusal.refusal, true, refusal.allow)) co_return;
    const bool sent = co_await flush();
    if (!sent) co_return;

    boost::system::error_code failed;
    wire_.shutdown_send(failed);
    for (std::size_t drained = 0; !failed && drained < kLingerBytesMax;) {
        const auto [waited] = co_await wire_.async_wait(Socket::wait_read, kNoThrow);
        if (waited) co_return;
        const auto size = wire_.read_some(asio::buffer(core_->received), failed);
        if (failed == asio::error::would_block) failed = {};
        drained += size;
    }
}

}  // namespace harborline::gateway
