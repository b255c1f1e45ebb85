#pragma once
#include <span>
#include <vector>

#include "handlers/duty/ladder.hpp"

namespace harborline::duty {

/// Who was rung already in a call, and whose call it is: neither is rung (again).
struct Passed {
    const core::PhoneNumber& caller;
    std::span<const core::StaffId> rung{};
};

/// Whose phones ring at the same time, next, for a caller whose matter is of this level (domain.md 3.3): the first
/// role of the ladder, administrators apart, in which anybody is left. RED rings up to three of them, nine in all; a
/// lower level one by one, three in all. Empty: nobody is left.
std::vector<core::StaffMember> next_to_ring(const Ladder& ladder, core::Level level, const Watch& watch,
                                            const Passed& passed);

}  // namespace harborline::duty
