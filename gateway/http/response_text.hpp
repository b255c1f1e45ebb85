#pragma once
#include <string>
#include <string_view>

#include "gateway/carriers/carrier.hpp"

namespace harborline::gateway {

struct ResponseForm {
    bool close = false;
    bool http_1_0 = false;  ///< Such a client has to be told that the connection stays.
    bool head_only = false;
    std::string_view allow{};
};

/// Writes an answer as HTTP/1.1 over what `out` held. By hand: Beast's serialiser costs a fifth of the whole request.
void write_response(const WebResponse& response, const ResponseForm& form, std::string& out);

}  // namespace harborline::gateway
