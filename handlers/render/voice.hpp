#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "handlers/core/call.hpp"
#include "handlers/flow/catalogue.hpp"

namespace harborline::render {

/// How quickly digits are said: with a pause after every second one, or after each.
enum class Pace { kPairs, kSlow };

/// Digits one by one, as they are said in telephone and reference numbers (1 is yāo in Chinese); the pauses are commas.
/// Whatever is no digit is left out.
std::string spoken_digits(std::string_view language, std::string_view digits, Pace pace = Pace::kPairs);

/// A date, or a day and hour, as format_date and format_day_time write it, in words that are read out well.
std::string spoken_date(std::string_view language, std::string_view written);

/// The words of a turn for a call: one Sound for each Say, none where its words are empty; before it her own recording,
/// where the Say plays one. Words that are filled with
/// nothing name their text, so that a recorded voice may stand in; words that hold any value are personal. A reference
/// number is said twice, the second time slowly ("list.again" between). For a letter, which is named by its id, its
/// mark stands in the words.
std::vector<core::Sound> render_voice(const flow::Catalogue& catalogue, std::string_view language,
                                      const std::vector<flow::Say>& says);

}  // namespace harborline::render
