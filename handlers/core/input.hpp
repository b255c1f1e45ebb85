#pragma once
#include <cstdint>
#include <string>

#include "handlers/core/deeds.hpp"

namespace harborline::core {

/// What happened, whatever the channel.
struct Input {
    enum class Kind : std::uint8_t {
        kKey,        ///< The whole answer is one key: `key` is 0-9, * or #, in whatever spelling it came.
        kNumber,     ///< The whole answer is a number of several digits: in `text`, ASCII digits only.
        kText,       ///< Anything else: in `text`, trimmed, otherwise as written.
        kOutcome,    ///< The deed asked for has ended in `outcome`.
        kDialled,    ///< She has opened a session and said nothing yet.
        kSilence,    ///< Nobody answered in time: the conversation lapses.
        kQuiet,      ///< On a call: no key came in time, and she is still there.
        kRecording,  ///< She has spoken: `text` is the recording's name; empty: nothing was to be heard.
        kBridged,    ///< Others were rung for her: `text` is "talked" or "nobody".
        kHungUp,     ///< The call is over: what was told is kept, and no question stays open.
    };
    Kind kind = Kind::kText;
    char key = 0;
    std::string text{};  ///< For kKey too: the answer as written, in case a step wants the words.
    Outcome outcome = Outcome::kDone;
    bool by_phone = false;  ///< She hears us: flows may begin elsewhere, and others may be rung for her.
    bool staff = false;     ///< kDialled: her number opens the staff line.
    bool slowed = false;    ///< kDialled: one kind line in place of the menu (domain rules 3.7).
};

}  // namespace harborline::core
