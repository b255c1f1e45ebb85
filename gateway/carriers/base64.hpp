#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace harborline::gateway {

/// With padding, in one line (RFC 4648, section 4).
std::string base64(std::string_view bytes);
/// The bytes that `base64` has written so. Nothing where it is anything else.
std::optional<std::string> from_base64(std::string_view written);

}  // namespace harborline::gateway
