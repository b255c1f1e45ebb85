// The first byte chooses a charset; the rest is in it. ICU is asked for the truth.
#include "gateway/carriers/charset.hpp"

#include <unicode/unistr.h>

#include <array>

#include "handlers/core/utf8.hpp"
#include "tests/fuzz/target.hpp"

namespace harborline::fuzz {
namespace {

using gateway::Charset;

/// UTF-16BE of a valid UTF-8 text, by ICU.
std::string utf16be(std::string_view text) {
    const auto wide = icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())});
    std::string bytes;
    for (std::int32_t at = 0; at < wide.length(); ++at) {
        bytes.push_back(static_cast<char>(wide.charAt(at) >> 8));
        bytes.push_back(static_cast<char>(wide.charAt(at) & 0xFF));
    }
    return bytes;
}

bool is_utf8_for_icu(std::string_view bytes) {
    std::int32_t at = 0;
    const auto size = static_cast<std::int32_t>(bytes.size());
    while (at < size) {
        UChar32 character = 0;
        U8_NEXT(bytes.data(), at, size, character);
        if (character < 0) return false;
    }
    return true;
}

void try_names(std::string_view name) {
    if (const auto charset = gateway::charset_named(name))
        require(gateway::charset_named(gateway::name_of(*charset)) == *charset, "a charset's own name names it");
    const auto parameter = gateway::charset_parameter(name);
    require(parameter.size() <= name.size(), "a parameter lies within its header");
}

}  // namespace

void try_input(std::string_view input) {
    constexpr std::array kCharsets{Charset::kUtf8, Charset::kUtf16Be, Charset::kWindows1252, Charset::kLatin1};
    Draw draw{input};
    const Charset charset = kCharsets.at(draw.below(kCharsets.size()));
    const std::string_view bytes = draw.rest();

    const auto strict = gateway::to_utf8(charset, bytes);
    const std::string repaired = gateway::to_utf8_repaired(charset, bytes);
    require(core::is_valid_utf8(repaired) && is_utf8_for_icu(repaired), "what is repaired is valid");
    require(core::is_valid_utf8(bytes) == is_utf8_for_icu(bytes), "we and ICU agree on what UTF-8 is");
    if (strict) {
        require(*strict == repaired, "nothing is repaired where nothing is broken");
        if (charset == Charset::kUtf8) require(*strict == bytes, "UTF-8 stays as it is");
        if (charset == Charset::kUtf16Be) require(utf16be(*strict) == bytes, "UTF-16 is undone by ICU");
    } else {
        require(repaired.find("\uFFFD") != std::string::npos, "what is broken shows");
    }
    try_names(bytes);
}

}  // namespace harborline::fuzz
