#pragma once
#include <memory>
#include <string>

#include "gateway/carriers/carrier.hpp"
#include "handlers/core/secret.hpp"

namespace harborline::gateway {

struct KannelOptions {
    std::string api_url{};  ///< http://host:port/cgi-bin/sendsms
    std::string user{};
    core::Secret password{};
    std::string number{};       ///< Sent as the sender of every text.
    core::Secret status_url{};  ///< Of our own /in/<channel>/<token>/status: Kannel fetches it for every receipt.
    std::string country{};      ///< Completes national numbers.
};

/// Kannel 1.4.5. Texts come in by GET (sms?from=%p&to=%P&id=%I&time=%T&coding=%c&charset=%C&udh=%u&text=%b) or by POST
/// (post-url sms?id=%I&time=%T with send-sender), receipts by GET. Texts go out by POST to sendsms with everything in
/// headers, so that no number, text or password is in a URL.
std::unique_ptr<Carrier> make_kannel(KannelOptions options);

}  // namespace harborline::gateway
