#include "gateway/carriers/handset_json.hpp"

#include <boost/json/parse.hpp>

namespace harborline::gateway {
namespace json = boost::json;
namespace {
constexpr std::size_t kDepthMax = 4;
}  // namespace

core::Error malformed_handset(const char* sentence) {
    return {core::ErrorKind::kMalformed, sentence};
}

core::Result<json::value> parse_handset_body(const WebRequest& request, std::size_t bytes_max) {
    if (request.method != "POST") return malformed_handset("the handset channel takes POST");
    if (request.body.size() > bytes_max) return malformed_handset("the body is too long");
    json::parse_options options;
    options.max_depth = kDepthMax;
    boost::system::error_code error;
    json::value value = json::parse(request.body, error, {}, options);
    if (error) return malformed_handset("the body is not JSON");
    return value;
}

const json::string* text_of(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(json::string_view{name.data(), name.size()});
    return value == nullptr ? nullptr : value->if_string();
}

}  // namespace harborline::gateway
