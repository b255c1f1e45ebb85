#pragma once
#include <chrono>
#include <vector>

#include "handlers/core/family.hpp"
#include "handlers/core/local_time.hpp"
#include "handlers/core/time.hpp"

namespace harborline::kinship {

/// What a child may talk with its people at the programme's cost (domain rules 4.8). Calls that an adult wants cost it
/// nothing, nor do those in which nobody talked. What is used up refuses the next call; none is cut by it.
struct Budget {
    int calls_per_day = 2;
    std::chrono::minutes per_month{120};
};

/// From when on calls count: the beginning of the local month.
core::Instant counted_from(const core::TimeZone& zone, core::Instant now);

/// Whether the child may begin a call. `calls`: those of this child since `counted_from`; older ones do no harm.
bool may_begin(const std::vector<core::KinCall>& calls, const Budget& budget, const core::TimeZone& zone,
               core::Instant now);

}  // namespace harborline::kinship
