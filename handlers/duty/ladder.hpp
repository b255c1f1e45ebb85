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
    std::vector<LadderStep> steps{};             ///< In order of time.
    std::chrono::seconds repeat{900};            ///< Between the repetitions after the last step; at least a second.
    std::chrono::seconds handled_within{1'800};  ///< From a taking to the question whether she is still at it.
};

/// One ladder a level (domain.md 3.3 and Appendix A).
struct Ladders {
    Ladder red{};
    Ladder orange{};
    Ladder yellow{};
};

/// The ladder of an alert: UNKNOWN climbs as ORANGE does, GREEN as YELLOW.
const Ladder& ladder_for(const Ladders& ladders, core::Level level);

/// The level of an alert for a matter of this level (domain.md 3.3): UNKNOWN is treated as ORANGE, as RED from a number
/// with a safety matter before. The machine only raises.
core::Level alert_level(core::Level matter, bool safety_history);

/// The hours in which only danger wakes whoever asked for that.
struct Night {
    int from_min = 22 * 60;
    int to_min = 7 * 60;  ///< Before `from_min`: of the next day. The same: there is no night.

    bool holds(int minute) const {
        if (from_min <= to_min) return minute >= from_min && minute < to_min;
        return minute >= from_min || minute < to_min;
    }
};

/// Who could be woken at the moment of asking.
struct Watch {
    const core::Roster& roster;
    petition::Post post{};
    core::LocalTime local{};
    Night night{};
};

/// Whom a step of a ladder of this level wakes: those on duty in that role, at night without those who are only to be
/// woken for RED. An administrator's step finds every administrator where none is left. Empty: nobody.
std::vector<core::StaffId> step_holders(core::Role role, core::Level level, const Watch& watch);

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
LadderActions due(const core::Alert& alert, const Ladder& ladder, const Watch& watch, core::Instant now);

/// Somebody answers for it: the ladder rests.
void take(core::Alert& alert, core::StaffId by, core::Instant now);

/// Whoever was told or had taken it can not: the alert is open and its next step due at once, the others as far behind
/// that as they ever were. The second time that next step is the leader's, although she may have been told before.
void hand_back(core::Alert& alert, const Ladder& ladder, core::Instant now);

}  // namespace harborline::duty
