#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "handlers/core/result.hpp"

namespace harborline::gateway {

/// What the bytes of a text can mean. Kannel's smsbox sends these and no others.
enum class Charset { kUtf8, kUtf16Be, kWindows1252, kLatin1 };

/// By its IANA name in any case, or Kannel's "8-BIT", which promises nothing and is tried as UTF-8.
std::optional<Charset> charset_named(std::string_view name);
std::string_view name_of(Charset charset);

/// The charset parameter of a Content-Type, without quotes; empty where there is none.
std::string_view charset_parameter(std::string_view content_type);

/// Strict: kMalformed on anything broken.
core::Result<std::string> to_utf8(Charset charset, std::string_view bytes);
/// What can be read, with U+FFFD for the rest.
std::string to_utf8_repaired(Charset charset, std::string_view bytes);

}  // namespace harborline::gateway
