#pragma once
#include <string>
#include <string_view>

#include "handlers/core/inbound.hpp"

namespace harborline::gateway {

/// What a line typed on the phone that dials means.
struct Typed {
    enum class Kind { kDial, kEnter, kDrop, kText, kNothing };
    Kind kind = Kind::kNothing;
    std::string text{};
};

/// `dial`, or Enter where no session is open, dials; `^` breaks off; `text WORDS` writes a text. In a session
/// everything else is entered.
Typed read_typed(std::string_view line, bool in_session);

inline constexpr std::string_view kHowToDial = "No session is open. Press Enter to dial, or write: text WORDS";

/// One line on standard output, at once.
void say(std::string_view line);
/// A screen as the phone shows it, and a word where it was the last one.
void show_screen(std::string_view text, bool goes_on, const core::ScreenLimits& limits);

}  // namespace harborline::gateway
