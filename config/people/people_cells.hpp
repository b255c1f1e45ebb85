#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "handlers/core/window.hpp"

/// The cells of families as values, and the other way round.
namespace harborline::config {

// In the order of their enumerators, or of false and true.
inline constexpr std::array<std::string_view, 3> kPersonKindWords{"child", "relative", "volunteer"};
inline constexpr std::array<std::string_view, 6> kAgeWords{"", "under8", "8-13", "14-15", "16-17", "adult"};
inline constexpr std::array<std::string_view, 2> kReminderWords{"no_reminders", ""};
inline constexpr std::array<std::string_view, 2> kPrivateWords{"shared", "private"};
inline constexpr std::string_view kGoneWord = "gone";
inline constexpr std::array<std::string_view, 6> kRelationWords{"mother", "father",     "guardian",
                                                                "carer",  "caring_mom", "relative"};
inline constexpr std::array<std::string_view, 4> kTieStateWords{"allowed", "hours", "paused", "barred"};
inline constexpr std::array<std::string_view, 2> kAgreedWords{"no", "yes"};
inline constexpr std::array<std::string_view, 2> kGuardianWords{"entrusted", "guardian"};
inline constexpr std::array<std::string_view, 2> kWordWatchWords{"", "word_watch"};

/// Nothing where the cell is none of the words.
template <class Value, std::size_t Count>
std::optional<Value> read_word(const std::array<std::string_view, Count>& words, std::string_view cell) {
    const auto* const found = std::ranges::find(words, cell);
    if (found == words.end()) return std::nullopt;
    return static_cast<Value>(found - words.begin());
}
template <class Value, std::size_t Count>
std::string_view write_word(const std::array<std::string_view, Count>& words, Value value) {
    return words.at(static_cast<std::size_t>(value));
}

/// "mon-fri 18:00-20:00; sat,sun 09:00-20:00"; days may be left out. Nothing where a part is none that could be kept
/// to, or the cell is empty.
std::optional<std::vector<core::Window>> read_hours(std::string_view cell);
/// As `read_hours` reads them.
std::string write_hours(const std::vector<core::Window>& hours);

/// 1 to 40 of A-Z a-z 0-9 . _ -
bool is_external_id(std::string_view cell);
/// One line of signs that can be read, of at most so many characters. `cell` is valid UTF-8.
bool is_line(std::string_view cell, std::size_t most);
/// Short, and no digits alone: they would be taken for a key. `cell` is valid UTF-8.
bool is_spoken_name(std::string_view cell);
/// 8 digits, the first 1 to 7.
bool is_card_number(std::string_view cell);

}  // namespace harborline::config
