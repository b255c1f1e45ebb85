#include "gateway/routes/private_routes.hpp"

#include "gateway/http/metrics.hpp"
#include "gateway/routes/refusals.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <utility>

namespace harborline::gateway {
namespace asio = boost::asio;
namespace json = boost::json;
namespace {

/// Followed by the channel's name.
constexpr std::string_view kDeliver = "/handset/";
constexpr std::size_t kPrivateBodyMax = 64 * 1024;

}  // namespace

PrivateRoutes::PrivateRoutes(Parts parts) : parts_(std::move(parts)) {}

RouteLimits PrivateRoutes::limits(std::string_view method, std::string_view path) const {
    const bool deliver = path.starts_with(kDeliver);
    if (!deliver && path != "/healthz" && path != "/readyz" && path != "/metrics")
        return {.refusal = plain(404, "not found\n")};
    const std::string_view wanted = deliver ? "POST" : "GET";
    if (method != wanted)
        return {.refusal = plain(405, "this address takes " + std::string{wanted} + "\n"),
                .allow = std::string{wanted}};
    return {.body_max = deliver ? kPrivateBodyMax : 0};
}

asio::awaitable<WebResponse> PrivateRoutes::handle(WebRequest& request) {
    if (request.path.starts_with(kDeliver)) co_return deliver(request);
    if (request.path == "/metrics") co_return WebResponse{200, std::string{Metrics::kContentType}, parts_.metrics()};
    if (request.path == "/healthz") co_return plain(200, "alive\n");
    std::string why = parts_.why_not_ready();
    if (why.empty()) co_return plain(200, ready());
    co_return plain(503, std::move(why.append("\n")));
}

std::string PrivateRoutes::ready() const {
    const std::string remark = parts_.remark ? parts_.remark() : std::string{};
    return remark.empty() ? "ready\n" : "ready, but " + remark + "\n";
}

WebResponse PrivateRoutes::deliver(const WebRequest& request) {
    boost::system::error_code error;
    const json::value given = json::parse(request.body, error);
    const auto* fields = error ? nullptr : given.if_object();
    const auto* id = fields == nullptr ? nullptr : fields->if_contains("id");
    const auto* to = fields == nullptr ? nullptr : fields->if_contains("to");
    const auto* text = fields == nullptr ? nullptr : fields->if_contains("text");
    if (id == nullptr || !id->is_int64() || to == nullptr || !to->is_string() || text == nullptr || !text->is_string())
        return plain(400, "this address takes {\"id\", \"to\", \"text\"}\n");
    const auto phone = core::PhoneNumber::parse(std::string_view{to->get_string()}, parts_.country);
    if (!phone) return plain(400, "this is no phone number\n");
    parts_.mailbox.put(*phone, core::OutboxId{id->get_int64()}, std::string{text->get_string()});
    return plain(202, "in the mailbox\n");
}

}  // namespace harborline::gateway
