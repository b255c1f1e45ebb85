#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/carriers/carrier.hpp"
#include "gateway/http/log.hpp"
#include "gateway/http/tls.hpp"
#include "handlers/core/result.hpp"

namespace harborline::gateway {

/// What a route allows, decided from the request line alone, before a byte of the body is read.
struct RouteLimits {
    std::size_t body_max = 0;
    std::optional<WebResponse> refusal{};  ///< Answered at once, and the connection closed: 404, 405 …
    std::string allow{};                   ///< With a 405: the methods there are ("GET, POST").
};
using RoutePolicy = std::function<RouteLimits(std::string_view method, std::string_view path)>;

/// Answers one request. The request lives until the answer is given and may be emptied. An exception becomes a 500.
/// Deadlines are the handler's own; a peer that goes away cancels nothing.
using Handler = std::function<boost::asio::awaitable<WebResponse>(WebRequest& request)>;

/// Who a newcomer is. Strangers that have brought no request which the policy let in hold at most half of the
/// connections, and when all are taken the oldest of them makes room.
enum class Admission { kRefused, kUnknown, kKnown };

struct ServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  ///< 0: a free one, told by `port()`.
    std::size_t connections_max = 12'000;
    std::size_t header_max = 8 * 1024;
    std::chrono::milliseconds header_timeout{10'000};  ///< From the first byte of a request to its last; then 408.
    std::chrono::milliseconds idle_timeout{120'000};   ///< A connection without a request closes.
    /// Asked once for each new connection. Empty: everybody is known.
    std::function<Admission(std::string_view peer)> admit{};
    std::chrono::milliseconds linger{1'000};  ///< How long a refused client may go on sending, so that it sees why.
    /// At a stop: how long a connection without a request may still bring one, which then is its last. A client that
    /// uses its connection all the time learns so from an answer, and never finds it closed on a request it has sent.
    std::chrono::milliseconds stop_grace{500};
    std::optional<TlsIdentity> tls{};  ///< Without one it speaks plain HTTP. The handshake counts as waiting.
    Log log{};
};

/// Figures for /metrics, all but `connections` since the start.
struct ServerCounts {
    std::uint64_t connections = 0;  ///< Open now.
    std::uint64_t accepted = 0;
    std::uint64_t turned_away = 0;  ///< Closed at once: not admitted, all were busy, or no descriptor was left.
    std::uint64_t evicted = 0;      ///< Idle ones, and strangers, closed to make room for new ones.
    std::uint64_t timed_out = 0;
    std::uint64_t requests = 0;           ///< Read whole.
    std::uint64_t refused = 0;            ///< Answered 4xx by the listener or the policy, unread.
    std::uint64_t failed = 0;             ///< The handler threw.
    std::uint64_t handshakes_failed = 0;  ///< Ended before TLS stood: not TLS, too old, refused our certificate, slow.
};

/// One listening address. Everything runs on the thread of its io_context, which must outlive it; policy and handler
/// must outlive the last connection. Connections, headers, bodies and times are bounded; an idle connection costs
/// little.
class Server {
  public:
    /// Binds and listens; nothing is accepted before `run`. Fails in words where the address can not be had.
    static core::Result<std::unique_ptr<Server>> listen(boost::asio::io_context& loop, ServerOptions options,
                                                        RoutePolicy policy, Handler handler);
    ~Server();

    /// Accepts until `stop`. Cancelling it instead drops every connection.
    boost::asio::awaitable<void> run();

    /// Stops accepting, after whoever has connected already; lets connections bring a last request within `stop_grace`,
    /// closes those that have not, and waits until all requests that were read are answered; after `within` in all it
    /// drops what is left.
    boost::asio::awaitable<void> stop(std::chrono::milliseconds within);

    /// From now on new connections see this certificate; open ones keep theirs.
    void renew(TlsIdentity tls);

    std::uint16_t port() const;
    const ServerCounts& counts() const;

  private:
    struct Core;
    class Session;
    explicit Server(std::shared_ptr<Core> core);

    std::shared_ptr<Core> core_;
};

/// Where a listener is, as a URL says it: an IPv6 address stands in brackets (RFC 3986, 3.2.2).
std::string authority_of(std::string_view address, std::uint16_t port);

/// Raises this process's limit of open files as far as it may go, and tells the limit. To be called once, by main.
std::size_t raise_open_files_limit();

}  // namespace harborline::gateway
