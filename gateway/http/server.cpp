#include "gateway/http/server.hpp"

#include <sys/resource.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/address.hpp>

#include "gateway/http/no_throw.hpp"
#include "gateway/http/server_core.hpp"

namespace harborline::gateway {

namespace asio = boost::asio;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t kSpareRequestsMax = 256;
constexpr std::size_t kSpareBodyMax = 64 * 1024;
constexpr milliseconds kSweepMin{5};
constexpr milliseconds kSweepMax{1'000};
constexpr milliseconds kAcceptPause{50};

std::string name_of(const asio::ip::address& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
    }
    return address.to_string();
}

}  // namespace

Server::Core::Core(asio::io_context& loop, ServerOptions chosen, RoutePolicy routes, Handler answers)
    : options(std::move(chosen)),
      policy(std::move(routes)),
      handler(std::move(answers)),
      acceptor(loop.get_executor()),
      sweeper(loop),
      drained(loop) {}

void Server::Core::for_each_session(const std::function<void(Session&)>& visit) {
    for (auto* sessions : {&unproven, &idle, &busy, &leaving})
        for (auto* session : *sessions) visit(*session);
}

bool Server::Core::evict_first(Sessions& from) {
    if (from.empty()) return false;
    from.front()->evict();
    ++counts.evicted;
    return true;
}

// A stranger that has anything to say has said it long before it is the oldest.
bool Server::Core::make_room(Admission who) {
    const auto unproven_max = std::max<std::size_t>(options.connections_max / 2, 1);
    if (who == Admission::kUnknown && unproven.size() >= unproven_max) return evict_first(unproven);
    if (present() < options.connections_max) return true;
    if (who == Admission::kKnown) return evict_first(unproven) || evict_first(idle);
    return evict_first(idle) || evict_first(unproven);
}

void Server::Core::close_unasked() {
    for_each_session([](Session& session) {
        if (session.is_unasked()) session.close();
    });
}

void Server::Core::close_all() {
    for_each_session([](Session& session) { session.close(); });
}

void Server::Core::tell_if_empty() {
    if (!stopping || !is_empty()) return;
    drained.cancel();
    sweeper.cancel();
}

void Server::Core::schedule_sweep() {
    const auto shortest = std::min({options.header_timeout, options.idle_timeout, options.linger});
    sweeper.expires_after(std::clamp(shortest / 4, kSweepMin, kSweepMax));
    sweeper.async_wait([weak = weak_from_this()](boost::system::error_code cancelled) {
        const auto self = weak.lock();
        if (self && !cancelled) self->sweep();
    });
}

void Server::Core::sweep() {
    const auto now = std::chrono::steady_clock::now();
    for_each_session([now](Session& session) { session.expire_if_due(now); });
    if (!stopping || counts.connections > 0) schedule_sweep();
}

std::unique_ptr<WebRequest> Server::Core::take_request() {
    if (spare_requests_.empty()) return std::make_unique<WebRequest>();
    auto request = std::move(spare_requests_.back());
    spare_requests_.pop_back();
    return request;
}

void Server::Core::give_back(std::unique_ptr<WebRequest> request) {
    if (spare_requests_.size() == kSpareRequestsMax || request->body.capacity() > kSpareBodyMax) return;
    spare_requests_.push_back(std::move(request));
}

Server::Server(std::shared_ptr<Core> core) : core_(std::move(core)) {}

Server::~Server() {
    boost::system::error_code ignored;
    core_->stopping = true;
    core_->acceptor.close(ignored);
    core_->sweeper.cancel();
    core_->close_all();
}

core::Result<std::unique_ptr<Server>> Server::listen(asio::io_context& loop, ServerOptions options, RoutePolicy policy,
                                                     Handler handler) {
    const auto where = options.address + " port " + std::to_string(options.port);
    auto core = std::make_shared<Core>(loop, std::move(options), std::move(policy), std::move(handler));
    auto& acceptor = core->acceptor;
    boost::system::error_code failed;
    const auto address = asio::ip::make_address(core->options.address, failed);
    const Tcp::endpoint endpoint(address, core->options.port);
    if (!failed) acceptor.open(endpoint.protocol(), failed);
    if (!failed) acceptor.set_option(asio::socket_base::reuse_address(true), failed);
    if (!failed) acceptor.bind(endpoint, failed);
    if (!failed) acceptor.listen(asio::socket_base::max_listen_connections, failed);
    if (failed) {
        return core::Error{core::ErrorKind::kUnavailable, "can not listen on " + where + ": " + failed.message()};
    }
    core->port = acceptor.local_endpoint().port();
    return std::unique_ptr<Server>(new Server(std::move(core)));
}

asio::awaitable<void> Server::run() {
    return Core::accept_all(core_);
}

asio::awaitable<void> Server::stop(milliseconds within) {
    return Core::drain(core_, within);
}

void Server::renew(TlsIdentity tls) {
    core_->options.tls = std::move(tls);
}

std::uint16_t Server::port() const {
    return core_->port;
}

const ServerCounts& Server::counts() const {
    return core_->counts;
}

asio::awaitable<void> Server::Core::accept_all(std::shared_ptr<Core> core) {
    core->accepting = true;
    core->schedule_sweep();
    const auto loop = co_await asio::this_coro::executor;
    asio::steady_timer pause(loop);
    while (!core->stopping) {
        Socket socket(core->acceptor.get_executor());
        const auto [failed] = co_await core->acceptor.async_accept(socket, kNoThrow);
        if (failed == asio::error::operation_aborted) break;
        if (failed && core->stopping) break;
        if (failed) {
            // No descriptor left, most likely.
            ++core->counts.turned_away;
            if (!core->evict_first(core->unproven)) core->evict_first(core->idle);
            pause.expires_after(kAcceptPause);
            co_await pause.async_wait(kNoThrow);
            continue;
        }
        ++core->counts.accepted;
        core->welcome(std::move(socket));
    }
    core->accepting = false;
    if (!core->stopping) core->close_all();
    core->stopping = true;
    core->tell_if_empty();
}

void Server::Core::welcome(Socket socket) {
    boost::system::error_code failed;
    const auto peer = socket.remote_endpoint(failed);
    if (!failed) socket.set_option(Tcp::no_delay(true), failed);
    if (!failed) socket.non_blocking(true, failed);
    if (failed) return;  // It left again.
    auto name = name_of(peer.address());
    const Admission who = options.admit ? options.admit(name) : Admission::kKnown;
    if (who == Admission::kRefused || !make_room(who)) {
        ++counts.turned_away;
        return;
    }
    ++conversations;
    const auto done = [core = shared_from_this()](std::exception_ptr bug) {
        if (bug) core->options.log.error("connection_failed");
        --core->conversations;
        core->tell_if_empty();
    };
    asio::co_spawn(acceptor.get_executor(), converse(shared_from_this(), std::move(socket), std::move(name), who),
                   done);
}

asio::awaitable<void> Server::Core::converse(std::shared_ptr<Core> core, Socket socket, std::string peer,
                                             Admission who) {
    Session session(std::move(core), std::move(socket), std::move(peer), who);
    co_await session.run();
}

void Server::Core::welcome_queued() {
    boost::system::error_code failed;
    acceptor.non_blocking(true, failed);
    while (!failed) {
        Socket socket(acceptor.get_executor());
        acceptor.accept(socket, failed);
        if (failed) return;
        ++counts.accepted;
        welcome(std::move(socket));
    }
}

asio::awaitable<void> Server::Core::wait_until_empty(std::shared_ptr<Core> core, SteadyTime until) {
    if (core->is_empty()) co_return;
    core->drained.expires_at(until);
    co_await core->drained.async_wait(kNoThrow);
}

asio::awaitable<void> Server::Core::drain(std::shared_ptr<Core> core, milliseconds within) {
    const auto now = std::chrono::steady_clock::now();
    core->stopping = true;
    core->welcome_queued();
    boost::system::error_code ignored;
    core->acceptor.close(ignored);
    co_await wait_until_empty(core, now + std::min(within, core->options.stop_grace));
    core->close_unasked();
    co_await wait_until_empty(core, now + within);
    core->close_all();
    core->tell_if_empty();
}

std::string authority_of(std::string_view address, std::uint16_t port) {
    const bool is_ipv6 = address.find(':') != std::string_view::npos;
    return (is_ipv6 ? "[" + std::string(address) + "]" : std::string(address)) + ":" + std::to_string(port);
}

std::size_t raise_open_files_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) ::getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
}

}  // namespace harborline::gateway
