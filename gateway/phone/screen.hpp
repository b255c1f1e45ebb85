#pragma once
#include <string>
#include <string_view>

#include "handlers/core/inbound.hpp"

namespace harborline::gateway {

/// How much of a screen a text takes.
struct ScreenLength {
    int length = 0;
    int limit = 0;
    bool in_septets = false;  ///< Else in UTF-16 units.

    bool fits() const { return length <= limit; }
    /// "52/70 units", "98/160 septets"
    std::string written() const;
};

ScreenLength measure(std::string_view text, const core::ScreenLimits& limits);

/// The screen as a terminal shows it: a box of 32 columns (a Chinese character takes two), its length in the frame.
std::string draw(std::string_view text, const core::ScreenLimits& limits);

}  // namespace harborline::gateway
