#pragma once
#include <string>
#include <vector>

#include "handlers/core/case.hpp"

namespace harborline::core {

/// A word that raises the level of a matter in which it stands (domain rules 3.3). Never a decision on help: it only
/// calls a person sooner (PIPL 24).
struct DangerWord {
    std::string text{};
    Level level = Level::kOrange;
};

/// The words as an operator lists them.
struct DangerList {
    std::vector<DangerWord> words{};
    std::vector<std::string> harmless{};  ///< Phrases in which such a word means nothing ("打工"): passed over.
    std::vector<std::string> covert{};    ///< Code words: a call for help that must look harmless, as * and then 0 is.
};

}  // namespace harborline::core
