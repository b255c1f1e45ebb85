#include "gateway/http/response_text.hpp"

#include <fmt/format.h>

#include <boost/beast/http/status.hpp>

namespace harborline::gateway {

namespace http = boost::beast::http;

namespace {

bool has_body(int status) {
    return status != 204 && status != 304 && status >= 200;
}

void append_number(std::string& out, std::size_t number) {
    const fmt::format_int digits(number);
    out.append(digits.data(), digits.size());
}

}  // namespace

void write_response(const WebResponse& response, const ResponseForm& form, std::string& out) {
    const auto reason = http::obsolete_reason(http::int_to_status(static_cast<unsigned>(response.status)));
    out.assign("HTTP/1.1 ");
    append_number(out, static_cast<std::size_t>(response.status));
    out.append(" ").append(reason.data(), reason.size()).append("\r\n");
    if (!response.content_type.empty()) out.append("Content-Type: ").append(response.content_type).append("\r\n");
    if (!form.allow.empty()) out.append("Allow: ").append(form.allow).append("\r\n");
    if (!response.retry_after.empty()) out.append("Retry-After: ").append(response.retry_after).append("\r\n");
    if (!response.cache_control.empty()) out.append("Cache-Control: ").append(response.cache_control).append("\r\n");
    if (form.close) out.append("Connection: close\r\n");
    if (!form.close && form.http_1_0) out.append("Connection: keep-alive\r\n");
    if (!has_body(response.status)) {
        out.append("\r\n");
        return;
    }
    out.append("Content-Length: ");
    append_number(out, response.body.size());
    out.append("\r\n\r\n");
    if (!form.head_only) out.append(response.body);
}

}  // namespace harborline::gateway
