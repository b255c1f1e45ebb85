#pragma once
#include <string>
#include <string_view>

#include "handlers/core/danger_list.hpp"
#include "handlers/core/finding.hpp"

namespace harborline::config {

/// Reads the words that raise a level (config/words/danger.toml says how it is written). Adds every problem with its
/// line to `findings`: no words, an empty one, one that stands there twice, a word in Latin letters with fewer than
/// three of them, an unknown level or key. No message repeats a word.
core::DangerList read_danger_words(std::string_view toml, const std::string& file, core::Findings& findings);

}  // namespace harborline::config
