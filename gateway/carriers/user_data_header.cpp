#include "gateway/carriers/user_data_header.hpp"

#include <cstdio>

#include "gateway/carriers/webhook_query.hpp"

namespace harborline::gateway {
namespace {

using core::Error;
using core::ErrorKind;

constexpr std::uint8_t kNarrowReference = 0x00;
constexpr std::uint8_t kWideReference = 0x08;

const char* const kBroken = "the user data header is broken";

std::uint8_t byte_at(std::string_view bytes, std::size_t at) {
    return static_cast<std::uint8_t>(bytes[at]);
}

/// The first byte is the number of those that follow.
bool has_its_length(std::string_view bytes) {
    return !bytes.empty() && byte_at(bytes, 0) == bytes.size() - 1;
}

std::optional<std::string> from_hex(std::string_view digits) {
    if (digits.size() % 2 != 0) return std::nullopt;
    std::string bytes;
    for (std::size_t at = 0; at < digits.size(); at += 2) {
        const int high = hex_value(digits[at]);
        const int low = hex_value(digits[at + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        bytes.push_back(static_cast<char>(high * 16 + low));
    }
    return bytes;
}

bool has_its_size(std::uint8_t kind, std::string_view value) {
    return value.size() == (kind == kWideReference ? 4U : 3U);
}

/// Nothing where it is of no use: no parts, or a place outside of them. The element is then to be passed over (3GPP TS
/// 23.040, 9.2.3.24.1), and the text stands alone.
std::optional<Concatenation> read_element(std::uint8_t kind, std::string_view value) {
    const bool wide = kind == kWideReference;
    const std::size_t after = wide ? 2 : 1;
    Concatenation part{.wide_reference = wide, .total = byte_at(value, after), .index = byte_at(value, after + 1)};
    part.reference = wide ? static_cast<std::uint16_t>(byte_at(value, 0) << 8U | byte_at(value, 1)) : byte_at(value, 0);
    if (part.index == 0 || part.index > part.total) return std::nullopt;
    return part;
}

core::Result<std::optional<Concatenation>> read_elements(std::string_view elements) {
    std::optional<Concatenation> found;
    while (!elements.empty()) {
        if (elements.size() < 2) return Error{ErrorKind::kMalformed, kBroken};
        const std::uint8_t kind = byte_at(elements, 0);
        const std::size_t length = byte_at(elements, 1);
        elements.remove_prefix(2);
        if (elements.size() < length) return Error{ErrorKind::kMalformed, kBroken};
        if (kind == kNarrowReference || kind == kWideReference) {
            const auto value = elements.substr(0, length);
            if (!has_its_size(kind, value)) return Error{ErrorKind::kMalformed, kBroken};
            found = read_element(kind, value);
        }
        elements.remove_prefix(length);
    }
    // A text in one part that says so is a text like any other.
    if (found && found->total == 1) found.reset();
    return found;
}

}  // namespace

core::Result<std::optional<Concatenation>> read_user_data_header(std::string_view header) {
    if (header.empty()) return std::optional<Concatenation>{};
    if (has_its_length(header)) {
        auto part = read_elements(header.substr(1));
        if (part)
            return part;  // Else digits that look like it: those of a header of 25 bytes begin with its own length.
    }
    const auto bytes = from_hex(header);
    if (!bytes || !has_its_length(*bytes)) return Error{ErrorKind::kMalformed, kBroken};
    return read_elements(std::string_view{*bytes}.substr(1));
}

std::string concatenation_header(std::uint8_t reference, std::uint8_t total, std::uint8_t index) {
    char digits[13];
    std::snprintf(digits, sizeof digits, "050003%02X%02X%02X", reference, total, index);
    return digits;
}

}  // namespace harborline::gateway
