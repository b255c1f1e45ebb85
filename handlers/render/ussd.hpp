#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "handlers/core/inbound.hpp"
#include "handlers/flow/catalogue.hpp"

namespace harborline::render {

/// What stands below a page of words that are longer than a screen, in the reader's language.
struct PageMarks {
    std::string more{};  ///< Below every page but the last: the key # and what it does.
    std::string back{};  ///< Below every page but the first: the key * and what it does.
};

/// The words of a turn for a USSD dialogue: each Say on a line of its own, and no signature. Empty where nothing is
/// said.
std::string render_ussd(const flow::Catalogue& catalogue, std::string_view language,
                        const std::vector<flow::Say>& says);

/// Length of a screen's words in its own measure, and how much there may be: septets where all of it is in the GSM
/// alphabet, UTF-16 units else.
struct ScreenLength {
    int used = 0;
    int limit = 0;
    bool septets = false;
};
ScreenLength measure_screen(std::string_view words, const core::ScreenLimits& limits);

/// Cuts words into pages that fit the screen with their marks: one page, unmarked, where all fits. Cut between words
/// where there is a space, never inside a grapheme unless it alone is longer than a screen. Where the network shows
/// the GSM alphabet only, what is not in it becomes a question mark. At least one page; `words` is valid UTF-8.
std::vector<std::string> split_screens(std::string_view words, const core::ScreenLimits& limits,
                                       const PageMarks& marks);

}  // namespace harborline::render
