#pragma once
#include <string_view>
#include <vector>

#include "handlers/core/local_time.hpp"
#include "handlers/core/staff.hpp"

namespace harborline::petition {

/// The department that answers for a petition class (domain rules 1.1 and 2.3). RIGHTS for a class not in the table:
/// it is the leading group's office and collects what is nobody else's.
std::string_view department_for(std::string_view category);

/// Who answers for a matter, at every hour (件件有着落): the owner of that district and department, else the
/// district's owner for all departments, else the department's for the whole city, else any owner for the whole city,
/// else the administrator, else whoever is active at all. Shift hours do not matter here. Of equals the first in the
/// roster file. None only where nobody is active: the caller must refuse to open a matter then.
core::StaffId accountable_owner(const core::Roster& roster, std::string_view district, std::string_view department);

/// A place to be filled: which district and department a matter belongs to. Empty: unknown, the whole city's.
struct Post {
    std::string_view district{};
    std::string_view department{};
};

/// Who holds `role` for that post at this instant, by local time. Everybody whose shift is the most specific (district
/// and department, district, department, neither), in the order of the roster, each once; never somebody inactive. A
/// shift's dates count: whoever is off stands aside, and whoever is named for that day stands in.
/// Empty: a hole in the roster, which is an event (I10).
std::vector<core::StaffId> on_duty(const core::Roster& roster, const Post& post, core::Role role,
                                   const core::LocalTime& local);

/// Every active administrator, whatever the hour: the last resort of every ladder.
std::vector<core::StaffId> administrators(const core::Roster& roster);

}  // namespace harborline::petition
