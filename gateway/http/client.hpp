#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <optional>

#include "gateway/carriers/carrier.hpp"
#include "gateway/http/resolver.hpp"
#include "gateway/http/tls_trust.hpp"
#include "handlers/core/result.hpp"

namespace harborline::gateway {

struct HttpClientOptions {
    std::size_t idle_max_per_host = 8;
    std::chrono::milliseconds idle_max{4'000};  ///< Below what servers commonly allow (5 s), so that they rarely win.
    std::size_t response_max = 256 * 1024;
    std::optional<TlsTrust> trust{};  ///< Without it no https address can be reached.
    Resolver::LookUp look_up{};       ///< How names are looked up; empty: the system is asked.
};

/// Sends requests to carriers over HTTP, with TLS where the address says https, keeping connections for the next one.
/// Everything runs on the thread of its io_context, which must outlive it.
class HttpClient {
  public:
    explicit HttpClient(boost::asio::io_context& loop, HttpClientOptions options = {});
    ~HttpClient();

    /// One attempt, within `request.timeout` from first to last. Any status is an answer. Fails with
    ///   kMalformed    the request can not be sent as it stands (URL, method, a line break in a header);
    ///   kUnavailable  certainly not sent whole: nobody there, nobody whose certificate is to be trusted, or the
    ///                 connection broke before the last byte;
    ///   kUnknown      sent whole, and then no answer that can be understood came in time.
    boost::asio::awaitable<core::Result<WebResponse>> send(ApiRequest request);

  private:
    struct Pool;
    std::shared_ptr<Pool> pool_;
};

}  // namespace harborline::gateway
