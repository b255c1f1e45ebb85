#include "gateway/http/request_reader.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>

namespace harborline::gateway {

namespace http = boost::beast::http;

namespace {

constexpr std::size_t kFieldsMax = 64;
// No legal request leaves so much unparsed: a header is bounded below it, a body is taken as it comes.
constexpr std::size_t kLeftoverMax = 64 * 1024;

WebResponse plain(int status, std::string_view words) {
    return {.status = status, .content_type = "text/plain", .body = std::string(words)};
}

}  // namespace

RequestParser::RequestParser(const RoutePolicy& policy, std::size_t header_max, WebRequest& request)
    : policy_(policy), request_(request), header_left_(header_max) {
    eager(true);
    header_limit(static_cast<std::uint32_t>(header_max));
    request_.action.clear();
    request_.body.clear();
}

void RequestParser::on_request_impl(http::verb, string_view method, string_view target, int version,
                                    error_code& failed) {
    const std::string_view whole(target.data(), target.size());
    const auto mark = whole.find('?');
    request_.method.assign(method.data(), method.size());
    request_.path.assign(whole.substr(0, mark));
    request_.query.assign(mark == std::string_view::npos ? std::string_view{} : whole.substr(mark + 1));
    http_1_0_ = version == 10;
    header_left_ -= std::min(header_left_, target.size());

    auto limits = policy_(request_.method, request_.path);
    body_limit(limits.body_max);
    if (!limits.refusal) return;
    refused_ = std::move(limits);
    failed = http::error::body_limit;
}

void RequestParser::on_field_impl(http::field field, string_view name, string_view value, error_code& failed) {
    if (!in_header_) return;  // A trailer says nothing that we would act on.
    const auto size = name.size() + value.size();
    if (fields_ == kFieldsMax || size > header_left_) {
        failed = http::error::header_limit;
        return;
    }
    header_left_ -= size;
    if (field == http::field::expect) expects_continue_ = boost::beast::iequals(value, "100-continue");
    if (fields_ == request_.headers.size()) request_.headers.emplace_back();
    request_.headers[fields_].first.assign(name.data(), name.size());
    request_.headers[fields_].second.assign(value.data(), value.size());
    ++fields_;
}

void RequestParser::on_header_impl(error_code&) {
    in_header_ = false;
    request_.headers.resize(fields_);
}

std::size_t RequestParser::on_body_impl(string_view body, error_code&) {
    request_.body.append(body.data(), body.size());
    return body.size();
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, string_view body, error_code&) {
    request_.body.append(body.data(), body.size());
    return body.size();
}

void RequestReader::finish() {
    parser_.reset();
    if (leftover_.empty()) std::string().swap(leftover_);
}

RequestReader::State RequestReader::feed(std::string_view bytes) {
    const bool joined = !leftover_.empty();
    if (joined) leftover_.append(bytes);
    const std::string_view all = joined ? std::string_view(leftover_) : bytes;

    boost::beast::error_code failed;
    const auto used = all.empty() ? 0 : parser_->put(boost::asio::buffer(all.data(), all.size()), failed);
    if (joined) {
        leftover_.erase(0, used);
    } else {
        leftover_.assign(all.substr(used));
    }
    if (failed && failed != http::error::need_more) return refuse(failed);
    if (parser_->is_done()) {
        continued_ = false;
        return State::kComplete;
    }
    if (leftover_.size() > kLeftoverMax) return refuse(http::error::header_limit);
    return State::kNeedMore;
}

RequestReader::State RequestReader::refuse(boost::beast::error_code reason) {
    if (parser_->refused()) {
        refusal_ = *parser_->refused();
    } else if (reason == http::error::body_limit) {
        refusal_.refusal = plain(413, "the body is larger than this route takes\n");
    } else if (reason == http::error::header_limit) {
        refusal_.refusal = plain(431, "the header is too large\n");
    } else {
        refusal_.refusal = plain(400, "this is not HTTP/1.1\n");
    }
    return State::kRefused;
}

bool RequestReader::take_expects_continue() {
    if (continued_ || !parser_->is_header_done() || !parser_->expects_continue()) return false;
    continued_ = true;
    return true;
}

}  // namespace harborline::gateway
