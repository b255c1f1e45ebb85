#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "handlers/flow/catalogue.hpp"

namespace harborline::render {

enum class SmsCoding { kGsm7, kUcs2 };

/// One SMS text taken apart for the air (3GPP TS 23.038, 23.040).
struct SmsParts {
    SmsCoding coding = SmsCoding::kGsm7;
    std::vector<std::string> parts{};  ///< UTF-8; together exactly the text. None for the empty text.
};

/// Splits into 160 or 153 septets (escape characters count 2), or 70 or 67 UTF-16 units. Never inside a surrogate
/// pair, an escape pair or a grapheme, unless one grapheme alone is longer than a part. `text` is valid UTF-8.
SmsParts split_sms(std::string_view text);

/// Septets of a text in the default alphabet with its extension, or -1 where a character is in neither.
int gsm7_septets(std::string_view text);
/// Length in UTF-16 code units.
int utf16_units(std::string_view text);

/// The words of a turn as one SMS text: signature first, each Say on a line of its own. Empty where nothing is said.
std::string render_sms(const flow::Catalogue& catalogue, std::string_view language, std::string_view signature,
                       const std::vector<flow::Say>& says);

}  // namespace harborline::render
