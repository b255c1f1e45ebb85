#pragma once
#include <string>
#include <string_view>

#include "gateway/phone/phone_act.hpp"
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

/// What a line typed on the phone that calls means.
struct Keyed {
    enum class Kind { kAct, kRecord, kText, kNothing };
    Kind kind = Kind::kNothing;
    PhoneAct act{};
    std::string text{};  ///< kText: the words; kRecord: the file, or nothing for a second of tone.
};

/// `call`, or Enter where no call is on, calls; on a call keys are keyed, Enter is silence, `rec FILE.wav` is what she
/// says, `hang up` ends it, `talk ends` and `nobody answers` tell what became of those who were rung. `text WORDS`
/// writes a text.
Keyed read_keyed(std::string_view line, bool on_a_call);

inline constexpr std::string_view kHowToCall = "Press Enter to call; then keys, Enter, rec FILE.wav or hang up.";
inline constexpr std::string_view kHowToDial = "No session is open. Press Enter to dial, or write: text WORDS";

/// One line on standard output, at once.
void say(std::string_view line);
/// A screen as the phone shows it, and a word where it was the last one.
void show_screen(std::string_view text, bool goes_on, const core::ScreenLimits& limits);

}  // namespace harborline::gateway
