#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "handlers/core/call.hpp"

namespace harborline::gateway {

/// What somebody does on a telephone.
struct PhoneAct {
    enum class Kind {
        kCall,
        kKeys,      ///< `keys`; none of them: silence.
        kSay,       ///< For `length`, where she is asked to speak.
        kSayAndGo,  ///< The same, and hangs up before she is heard.
        kHangUp,
        kPickUp,    ///< It was rung for a caller.
        kTalkEnds,  ///< The caller and whoever has accepted have said goodbye.
        kNobody,    ///< Nobody who was rung for this caller has accepted.
        kLetRing,   ///< Nobody picks up this phone, which we call.
    };
    Kind kind = Kind::kKeys;
    std::string keys{};
    std::chrono::seconds length{};
};

/// "(calls)", "(nothing)", "(says 12s)", "(says 12s, hangs up)", "(hangs up)", "(picks up)", "(talk ends)",
/// "(nobody answers)", "(lets it ring)". Nothing where it is none of these.
std::optional<PhoneAct> read_phone_act(std::string_view written);

/// Whether the text can have been keyed.
bool are_phone_keys(std::string_view text);

/// What a call does behind its sounds: "(a key)", "(8 keys)", "(recording)", "(rings 2)", "(waits)", "(joined)",
/// "(hangs up)", "(busy)".
std::string written(const core::CallAct& act);

}  // namespace harborline::gateway
