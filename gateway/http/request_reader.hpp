#pragma once
#include <boost/beast/http/basic_parser.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/http/server.hpp"

namespace harborline::gateway {

/// Beast's parser, writing straight into a WebRequest whose strings keep their room from request to request.
class RequestParser : public boost::beast::http::basic_parser<true> {
  public:
    RequestParser(const RoutePolicy& policy, std::size_t header_max, WebRequest& request);

    const std::optional<RouteLimits>& refused() const { return refused_; }
    bool expects_continue() const { return expects_continue_; }
    bool is_http_1_0() const { return http_1_0_; }

  private:
    using error_code = boost::beast::error_code;
    using string_view = boost::beast::string_view;

    void on_request_impl(boost::beast::http::verb, string_view method, string_view target, int version,
                         error_code& failed) override;
    void on_response_impl(int, string_view, int, error_code&) override {}
    void on_field_impl(boost::beast::http::field, string_view name, string_view value, error_code& failed) override;
    void on_header_impl(error_code&) override;
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    std::size_t on_body_impl(string_view body, error_code&) override;
    void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code&) override;
    void on_finish_impl(error_code&) override {}

    const RoutePolicy& policy_;
    WebRequest& request_;
    std::size_t header_left_;
    std::size_t fields_ = 0;
    bool in_header_ = true;
    bool expects_continue_ = false;
    bool http_1_0_ = false;
    std::optional<RouteLimits> refused_{};
};

/// Turns bytes, in whatever pieces they come, into one request after another. Knows no socket. Bytes past the end of a
/// request (pipelining) wait here until the next one is asked for.
class RequestReader {
  public:
    enum class State {
        kNeedMore,
        kComplete,
        kRefused,  ///< `refusal()` says how to answer; nothing more can be read from this connection.
    };

    RequestReader(const RoutePolicy& policy, std::size_t header_max) : policy_(policy), header_max_(header_max) {}

    /// Begins the next request, into `request`.
    void start(WebRequest& request) { parser_.emplace(policy_, header_max_, request); }
    /// Ends it, and with it whatever memory it took.
    void finish();

    State feed(std::string_view bytes);
    bool has_leftover() const { return !leftover_.empty(); }

    const RouteLimits& refusal() const { return refusal_; }
    bool keep_alive() const { return parser_->keep_alive(); }
    bool is_http_1_0() const { return parser_->is_http_1_0(); }
    /// True once per request, when the client waits for leave to send the body (RFC 9110, 10.1.1).
    bool take_expects_continue();

  private:
    State refuse(boost::beast::error_code reason);

    const RoutePolicy& policy_;
    std::size_t header_max_;
    std::optional<RequestParser> parser_{};
    bool continued_ = false;
    std::string leftover_{};
    RouteLimits refusal_{};
};

}  // namespace harborline::gateway
