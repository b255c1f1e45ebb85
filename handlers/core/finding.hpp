#pragma once
#include <string>
#include <vector>

namespace harborline::core {

/// Something wrong in a file that an operator edits. All are reported at once.
struct Finding {
    std::string file{};
    int line = 0;           ///< From 1; 0 where the whole file is meant.
    std::string message{};  ///< One sentence: what is wrong and what to do.
};
using Findings = std::vector<Finding>;

}  // namespace harborline::core
