#pragma once
#include <string>
#include <vector>

#include "handlers/core/holidays.hpp"
#include "handlers/core/local_time.hpp"
#include "handlers/core/staff.hpp"
#include "handlers/duty/ladder.hpp"

namespace harborline::duty {

/// A minute of a wall clock, without a zone.
struct WallTime {
    core::LocalDate date{};
    int minute = 0;
    friend auto operator<=>(const WallTime&, const WallTime&) = default;
};

/// What is wrong with a roster ahead of time.
struct Gap {
    enum class Kind : std::uint8_t {
        kNobody,        ///< A step of the ladder finds nobody from `from` to `to`.
        kSamePerson,    ///< The step meets `staff`, whom the step of `earlier` has told already.
        kUnverified,    ///< `staff` is told by some step, first at `from`, and never answered from her number.
        kCalendarEnds,  ///< Shifts go by holidays, of which nobody knows those from `from` to `to`.
        kCalendarOld,   ///< Shifts go by holidays, and the calendar has changed since they were imported.
    };
    Kind kind = Kind::kNobody;
    core::Level level = core::Level::kRed;
    core::Role role = core::Role::kDuty;
    core::Role earlier = core::Role::kDuty;
    std::string department{};  ///< Of the matters concerned; empty: of all.
    core::StaffId staff{};
    WallTime from{};
    WallTime to{};

    friend bool operator==(const Gap&, const Gap&) = default;
};

struct GapQuestion {
    const core::Roster& roster;
    const Ladders& ladders;
    Night night{};
    core::LocalTime from{};
    int days = 14;
    core::HolidayCalendar calendar{};
};

/// The hours from `from` on, in `days` days, in which a ladder would not do what it promises, in order of time. Looked
/// at as for a matter whose place is not known yet, in each department that matters come to. ORANGE and YELLOW are
/// named only where they find less than RED. By the wall clock: an hour that summer time drops or doubles counts once.
std::vector<Gap> find_gaps(const GapQuestion& question);

}  // namespace harborline::duty
