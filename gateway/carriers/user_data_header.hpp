#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "handlers/core/result.hpp"

namespace harborline::gateway {

/// What a user data header says about the text being one part of a longer one (3GPP TS 23.040, 9.2.3.24.1 and .8).
struct Concatenation {
    std::uint16_t reference = 0;
    bool wide_reference = false;
    std::uint8_t total = 0;
    std::uint8_t index = 0;  ///< From 1.
};

/// Reads a header given as its bytes or as hexadecimal digits. Other elements (ports, icons) are passed over. Empty
/// where the text stands alone; kMalformed where the header is broken.
core::Result<std::optional<Concatenation>> read_user_data_header(std::string_view header);

/// The header of one part, with an 8-bit reference, in hexadecimal digits.
std::string concatenation_header(std::uint8_t reference, std::uint8_t total, std::uint8_t index);

}  // namespace harborline::gateway
