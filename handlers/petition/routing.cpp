#include "handlers/petition/routing.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace harborline::petition {

namespace {

constexpr std::string_view kRights = "RIGHTS";
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kDepartments{{
    {"marriage_family", kRights},
    {"land", kRights},
    {"harm", kRights},
    {"work", kRights},
    {"official", kRights},
    {"other", kRights},
    {"child_or_elder", "FAM"},
}};

bool is_active(const core::Roster& roster, core::StaffId id) {
    const auto member = std::ranges::find(roster.staff, id, &core::StaffMember::id);
    return member != roster.staff.end() && member->active;
}

void add_once(std::vector<core::StaffId>& list, core::StaffId id) {
    if (std::ranges::find(list, id) == list.end()) list.push_back(id);
}

// 0 is the closest fit; nothing where the shift is for another district or department.
std::optional<int> distance(const core::Shift& shift, const Post& post) {
    const bool same_district = shift.district == post.district;
    const bool same_department = shift.department == post.department;
    if (!same_district && !shift.district.empty()) return std::nullopt;
    if (!same_department && !shift.department.empty()) return std::nullopt;
    return (same_district ? 0 : 2) + (same_department ? 0 : 1);
}

bool works_on(const core::Shift& shift, core::LocalDate date, int weekday) {
    const bool weekly = (shift.days >> weekday & 1) != 0;
    return weekly && !core::holds(shift.off, date) && (shift.on.empty() || core::holds(shift.on, date));
}

bool covers(const core::Shift& shift, const core::LocalTime& local) {
    const bool today = works_on(shift, local.date, local.weekday);
    if (shift.from_min < shift.to_min) return today && local.minute >= shift.from_min && local.minute < shift.to_min;
    if (today && local.minute >= shift.from_min) return true;
    const core::LocalDate yesterday{std::chrono::sys_days{local.date} - std::chrono::days{1}};
    return local.minute < shift.to_min && works_on(shift, yesterday, (local.weekday + 6) % 7);
}

}  // namespace

std::string_view department_for(std::string_view category) {
    for (const auto& [name, department] : kDepartments)
        if (name == category) return department;
    return kRights;
}

core::StaffId accountable_owner(const core::Roster& roster, std::string_view district, std::string_view department) {
    constexpr int kAnyCityWide = 4;
    constexpr int kAdministrator = 5;
    constexpr int kAnybody = 6;
    const Post post{district, department};
    const auto rank = [&](const core::Shift& shift) {
        if (shift.role == core::Role::kAdministrator) return kAdministrator;
        if (shift.role != core::Role::kOwner) return kAnybody;
        if (const auto fit = distance(shift, post)) return *fit;
        return shift.district.empty() ? kAnyCityWide : kAnybody;
    };

    core::StaffId best{};
    int best_rank = kAnybody + 1;
    for (const auto& shift : roster.shifts) {
        if (rank(shift) >= best_rank || !is_active(roster, shift.staff)) continue;
        best = shift.staff;
        best_rank = rank(shift);
    }
    if (best) return best;
    const auto anybody = std::ranges::find_if(roster.staff, &core::StaffMember::active);
    return anybody == roster.staff.end() ? core::StaffId{} : anybody->id;
}

std::vector<core::StaffId> on_duty(const core::Roster& roster, const Post& post, core::Role role,
                                   const core::LocalTime& local) {
    std::vector<core::StaffId> found;
    int closest = 4;
    for (const auto& shift : roster.shifts) {
        const auto fit = distance(shift, post);
        if (shift.role != role || !fit || *fit > closest) continue;
        if (!covers(shift, local) || !is_active(roster, shift.staff)) continue;
        if (*fit < closest) found.clear();
        closest = *fit;
        add_once(found, shift.staff);
    }
    return found;
}

std::vector<core::StaffId> administrators(const core::Roster& roster) {
    std::vector<core::StaffId> found;
    for (const auto& shift : roster.shifts)
        if (shift.role == core::Role::kAdministrator && is_active(roster, shift.staff)) add_once(found, shift.staff);
    return found;
}

}  // namespace harborline::petition
