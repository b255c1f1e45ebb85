#pragma once
#include <string>
#include <string_view>

namespace harborline::gateway {

/// With padding, in one line (RFC 4648, section 4).
std::string base64(std::string_view bytes);

}  // namespace harborline::gateway
