#pragma once
#include <cstdint>
#include <string>

#include "handlers/core/deeds.hpp"

namespace harborline::core {

/// What happened, whatever the channel.
struct Input {
    enum class Kind : std::uint8_t {
        kKey,      ///< The whole answer is one key: `key` is 0-9, * or #, in whatever spelling it came.
        kNumber,   ///< The whole answer is a number of several digits: in `text`, ASCII digits only.
        kText,     ///< Anything else: in `text`, trimmed, otherwise as written.
        kOutcome,  ///< The deed asked for has ended in `outcome`.
        kDialled,  ///< She has opened a session and said nothing yet.
        kSilence,  ///< Nobody answered in time: the conversation lapses.
    };
    Kind kind = Kind::kText;
    char key = 0;
    std::string text{};  ///< For kKey too: the answer as written, in case a step wants the words.
    Outcome outcome = Outcome::kDone;
};

}  // namespace harborline::core
