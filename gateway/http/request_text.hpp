#pragma once
#include <string>

#include "gateway/carriers/carrier.hpp"
#include "handlers/core/result.hpp"

namespace harborline::gateway {

/// Where a request goes, and the request as HTTP/1.1.
struct RequestText {
    std::string host{};  ///< A name or an address, without brackets.
    std::string port{};
    std::string bytes{};
    bool tls = false;  ///< https.

    std::string peer() const { return host + ":" + port; }
};

/// Fails with kMalformed on anything but http(s)://host[:port]/…, on a method that is none, and on a header that would
/// end its own line. The error repeats nothing of the request.
core::Result<RequestText> write_request(const ApiRequest& request);

}  // namespace harborline::gateway
