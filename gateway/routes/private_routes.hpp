#pragma once
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "gateway/carriers/carrier.hpp"
#include "gateway/http/server.hpp"
#include "gateway/routes/mailbox.hpp"

namespace harborline::gateway {

/// The private listener: is it alive, is it ready (and why not), its figures; and the mailbox of terminal phones.
class PrivateRoutes {
  public:
    struct Parts {
        Mailbox& mailbox;
        std::string country;
        std::function<std::string()> why_not_ready;  ///< Empty: ready.
        std::function<std::string()> metrics;        ///< Prometheus text.
        std::function<std::string()> remark{};  ///< Ready all the same, and this wants a look; empty: nothing does.
    };
    explicit PrivateRoutes(Parts parts);

    RouteLimits limits(std::string_view method, std::string_view path) const;
    boost::asio::awaitable<WebResponse> handle(WebRequest& request);

  private:
    std::string ready() const;
    WebResponse deliver(const WebRequest& request);

    Parts parts_;
};

}  // namespace harborline::gateway
