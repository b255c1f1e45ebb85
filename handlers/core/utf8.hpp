#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "handlers/core/result.hpp"

namespace harborline::core {

constexpr char32_t kReplacement = U'\uFFFD';

/// Well-formed by Unicode 15, table 3-7: no overlong form, no surrogate, nothing above U+10FFFF.
bool is_valid_utf8(std::string_view text);

/// Length in bytes of the well-formed character at the beginning of `text`, or 0 where there is none.
std::size_t utf8_length(std::string_view text);

/// The character at `at`, which is within the text and moves on behind it. A broken byte counts as U+FFFD.
char32_t next_code_point(std::string_view text, std::size_t& at);

/// How many characters (code points) a well-formed text has.
std::size_t count_characters(std::string_view text);

/// Appends one character; a surrogate or a value beyond Unicode becomes U+FFFD.
void append_utf8(std::string& out, char32_t code_point);

/// Every run of broken bytes becomes one U+FFFD, so that what can be read is kept.
std::string repair_utf8(std::string_view bytes);

/// Strict: an odd length or an unpaired surrogate is kMalformed.
Result<std::string> utf8_from_utf16be(std::string_view bytes);
/// Every unpaired surrogate, and an odd byte at the end, becomes U+FFFD.
std::string repair_utf16be(std::string_view bytes);

}  // namespace harborline::core
