#pragma once
#include <cstddef>
#include <string_view>

#include "handlers/core/utf8.hpp"

namespace harborline::flow {

/// Takes the first character off `rest`, which must not be empty; a broken byte counts as U+FFFD.
inline char32_t take_character(std::string_view& rest) {
    std::size_t at = 0;
    const char32_t character = core::next_code_point(rest, at);
    rest.remove_prefix(at);
    return character;
}

/// As much of the text as `most` characters hold.
inline std::string_view first_characters(std::string_view text, std::size_t most) {
    std::string_view rest = text;
    for (; most > 0 && !rest.empty(); --most) take_character(rest);
    return text.substr(0, text.size() - rest.size());
}

}  // namespace harborline::flow
