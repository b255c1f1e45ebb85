#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "handlers/core/ids.hpp"

namespace harborline::kinship {

/// Why the kinship line calls a phone by itself: all that the call's row in the outbox says. No name, number or word.
struct CallReason {
    enum class Kind {
        kBack,    ///< Whoever has this phone has called, and was turned away unanswered.
        kBooked,  ///< A child and one of its people have agreed on a time.
    };
    Kind kind = Kind::kBack;
    int tries = 1;                      ///< kBack: which of them this is, from 1.
    core::AppointmentId appointment{};  ///< kBooked.

    friend bool operator==(const CallReason&, const CallReason&) = default;
};

std::string encode(const CallReason& reason);
/// Nothing for anything that `encode` did not write.
std::optional<CallReason> read_call_reason(std::string_view written);

}  // namespace harborline::kinship
