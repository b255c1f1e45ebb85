#pragma once
#include <vector>

#include "handlers/core/local_time.hpp"
#include "handlers/core/time.hpp"

namespace harborline::kinship {

/// That the line has called one phone back, and how it went.
struct CallBacks {
    std::vector<core::Instant> at{};  ///< Those of the latest local day, earliest first.
    bool in_vain = false;             ///< The latest reached nobody: the next call of this phone is answered.

    bool empty() const { return at.empty() && !in_vain; }
    friend bool operator==(const CallBacks&, const CallBacks&) = default;
};

/// Whether a call of this phone may be turned away and called back: so often in a local day.
bool may_call_back(const CallBacks& before, int per_day, const core::TimeZone& zone, core::Instant now);

/// It is called back. Those of other days are forgotten.
void note_call_back(CallBacks& before, const core::TimeZone& zone, core::Instant now);

}  // namespace harborline::kinship
