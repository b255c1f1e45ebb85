#pragma once
#include <unicode/utf8.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace harborline::flow {

/// Takes the first character off `rest`, which must not be empty; a broken byte counts as U+FFFD.
inline char32_t take_character(std::string_view& rest) {
    const auto size = static_cast<std::int32_t>(rest.size() < 4 ? rest.size() : 4);
    std::int32_t at = 0;
    UChar32 character = 0;
    U8_NEXT_OR_FFFD(rest.data(), at, size, character);
    rest.remove_prefix(static_cast<std::size_t>(at));
    return static_cast<char32_t>(character);
}

/// As much of the text as `most` characters hold.
inline std::string_view first_characters(std::string_view text, std::size_t most) {
    std::string_view rest = text;
    for (; most > 0 && !rest.empty(); --most) take_character(rest);
    return text.substr(0, text.size() - rest.size());
}

}  // namespace harborline::flow
