#include "gateway/http/request_text.hpp"

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>
#include <cstdint>

namespace harborline::gateway {

namespace {

using core::Error;
using core::ErrorKind;

bool is_token(std::string_view text) {
    constexpr std::string_view others = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               others.find(c) != std::string_view::npos;
    });
}

bool is_field_value(std::string_view text) {
    return std::none_of(text.begin(), text.end(),
                        [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; });
}

/// Boost.URL 1.81 wraps a port beyond 65535 around.
bool is_port(std::string_view digits) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    return error == std::errc{} && end == digits.data() + digits.size() && port != 0;
}

bool is_ours_to_write(std::string_view name) {
    using boost::beast::iequals;
    return iequals(name, "Host") || iequals(name, "Content-Length") || iequals(name, "Transfer-Encoding") ||
           iequals(name, "Connection");
}

}  // namespace

core::Result<RequestText> write_request(const ApiRequest& request) {
    const auto url = boost::urls::parse_uri(request.url);
    const bool tls = url && url->scheme() == "https";
    if (!url || (url->scheme() != "http" && !tls) || url->host().empty() || url->has_userinfo() ||
        (url->has_port() && !is_port(url->port()))) {
        return Error{ErrorKind::kMalformed, "the address to send to is not http(s)://host:port/path"};
    }
    if (!is_token(request.method)) return Error{ErrorKind::kMalformed, "the method to send with is none"};

    RequestText text{.host = url->host_address(), .port = tls ? "443" : "80"};
    if (url->has_port()) text.port = url->port();
    text.tls = tls;
    const auto target = url->encoded_target();
    const auto authority = url->encoded_host_and_port();
    auto& out = text.bytes;
    out.append(request.method).append(" ");
    if (target.empty() || target.front() != '/') out.append("/");
    out.append(target.data(), target.size()).append(" HTTP/1.1\r\nHost: ");
    out.append(authority.data(), authority.size()).append("\r\n");
    for (const auto& [name, value] : request.headers) {
        if (!is_token(name) || !is_field_value(value) || is_ours_to_write(name)) {
            return Error{ErrorKind::kMalformed, "a header to send is not one, or is not the sender's to write"};
        }
        out.append(name).append(": ").append(value).append("\r\n");
    }
    if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
        out.append("Content-Length: ").append(std::to_string(request.body.size())).append("\r\n");
    }
    out.append("\r\n").append(request.body);
    return text;
}

}  // namespace harborline::gateway
