#pragma once
#include <chrono>
#include <optional>
#include <vector>

#include "handlers/core/alert.hpp"
#include "handlers/core/local_time.hpp"
#include "handlers/core/staff.hpp"
#include "handlers/petition/routing.hpp"

namespace harborline::duty {

struct LadderStep {
    std::chrono::seconds after{};  ///< From the alert, everybody before her having been silent.
    core::Role role = core::Role::kDuty;
};

/// Whom an alert wakes, one after the other.
struct Ladder {
    std::vector<LadderStep> steps{};   ///< In order of time.
    std::chrono::seconds repeat{900};  ///< Between the repetitions after the last step; at least a second.
};

/// Who could be woken at the moment of asking.
struct Watch {
    const core::Roster& roster;
    petition::Post post{};
    core::LocalTime local{};
};

/// What is to be done now. `steps_done` and `ladder_from` go back into the alert in the same transaction as the pages:
/// they are all that the next asking knows.
struct LadderActions {
    std::vector<core::StaffId> to_page{};  ///< Each once, however many steps fell due together.
    bool nobody = false;                   ///< A step found nobody in the roster: the administrator must be told (I10).
    int steps_done = 0;
    core::Instant ladder_from{};
    bool changed = false;                    ///< Whether either differs from the alert's.
    std::optional<core::Instant> next_at{};  ///< When to ask again at the latest; none once the alert is taken.
};

/// Which pages an alert calls for by `now`. Step i falls due at `ladder_from + after(i)`; after the last step come the
/// rounds, `repeat` apart, each to the last step that finds somebody, else to every administrator. `steps_done` counts
/// steps and rounds. `ladder_from` starts as the alert's instant and moves so that the distance between two steps
/// stays:
///  - earlier, when a step finds nobody: the next falls due at the same instant;
///  - earlier, when the wall clock has jumped back: nobody waits longer for a step than its distance from the one
///  before;
///  - at a hand-back (see `hand_back`).
/// An administrator's step wakes every administrator where none is in her hours.
LadderActions due(const core::Alert& alert, const Ladder& ladder, const Watch& watch, core::Instant now);

/// Somebody answers for it: the ladder rests.
void take(core::Alert& alert, core::StaffId by, core::Instant now);

/// Whoever was told or had taken it can not: the alert is open and its next step due at once, the others as far behind
/// that as they ever were.
void hand_back(core::Alert& alert, const Ladder& ladder, core::Instant now);

}  // namespace harborline::duty
