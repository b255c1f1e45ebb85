#include "gateway/carriers/flat_fields.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "gateway/carriers/ascii.hpp"

namespace harborline::gateway {
namespace {

namespace json = boost::json;
using core::malformed;

constexpr std::size_t kDepthMax = 4;
constexpr std::string_view kForm = "application/x-www-form-urlencoded";
constexpr std::string_view kJson = "application/json";

/// In small letters, without parameters.
std::string media_type(const WebRequest& request) {
    const std::string_view written = request.header("Content-Type");
    std::string type{written.substr(0, std::min(written.find_first_of("; \t"), written.size()))};
    std::ranges::transform(type, type.begin(), lower);
    return type;
}

bool begins_like_json(std::string_view body) {
    const auto first = body.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos && body[first] == '{';
}

/// Empty where the value is nested, null or a fraction.
std::optional<std::string> text_of(const json::value& value) {
    if (const auto* text = value.if_string()) return std::string{text->data(), text->size()};
    if (value.is_int64() || value.is_uint64() || value.is_bool()) return json::serialize(value);
    return std::nullopt;
}

core::Result<WebhookQuery> read_json(std::string_view body) {
    if (body.size() > WebhookQuery::kBytesMax) return malformed("the body is too long");
    json::parse_options options;
    options.max_depth = kDepthMax;
    boost::system::error_code error;
    const json::value document = json::parse(json::string_view{body.data(), body.size()}, error, {}, options);
    if (error) return malformed("the body is not JSON");
    const json::object* object = document.if_object();
    if (object == nullptr) return malformed("the body is no JSON object");
    WebhookQuery fields;
    for (const auto& [name, value] : *object) {
        auto text = text_of(value);
        if (!text) continue;
        if (const auto added = fields.add({name.data(), name.size()}, std::move(*text)); !added) return added.error();
    }
    return fields;
}

}  // namespace

core::Result<WebhookQuery> read_form(const WebRequest& request, WebhookQuery::Wanted wanted) {
    if (request.method != "POST") return malformed("this address takes POST");
    const std::string type = media_type(request);
    if (!type.empty() && type != kForm) return malformed("the content type is not that of a form");
    return WebhookQuery::parse(request.body, wanted);
}

core::Result<WebhookQuery> read_fields(const WebRequest& request) {
    if (request.method == "GET") return WebhookQuery::parse(request.query);
    if (request.method != "POST") return malformed("this address takes GET and POST");
    const std::string type = media_type(request);
    if (type == kJson) return read_json(request.body);
    if (type == kForm) return WebhookQuery::parse(request.body);
    if (!type.empty() && type != "text/plain") return malformed("the content type is neither a form's nor JSON's");
    return begins_like_json(request.body) ? read_json(request.body) : WebhookQuery::parse(request.body);
}

}  // namespace harborline::gateway
