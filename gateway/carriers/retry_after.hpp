#pragma once
#include <chrono>
#include <optional>
#include <string_view>

namespace harborline::gateway {

/// How long a carrier asks to be left alone (RFC 9110, 10.2.3): `value` in whole seconds, or as a date that is compared
/// with the answer's own `date`, so that nobody's clock matters. At most a day; empty where nothing can be understood.
std::optional<std::chrono::seconds> read_retry_after(std::string_view value, std::string_view date);

}  // namespace harborline::gateway
