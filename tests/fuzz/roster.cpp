#include <algorithm>
#include <set>

#include "config/roster/roster_csv.hpp"
#include "tests/fuzz/target.hpp"

namespace harborline::fuzz {
namespace {

void require_sound(const core::Roster& roster) {
    std::set<std::string> keys;
    std::set<std::uint64_t> phones;
    for (std::size_t at = 0; at < roster.staff.size(); ++at) {
        const auto& member = roster.staff[at];
        require(keys.insert(member.key).second, "nobody is there twice");
        require(member.phone.is_subscriber() && phones.insert(member.phone.value()).second,
                "everybody has a phone of her own");
        require(!member.name.empty() && member.id.value == static_cast<std::int64_t>(at) + 1,
                "everybody has a name and a position");
    }
    const auto is_administrator = [](const core::Shift& shift) { return shift.role == core::Role::kAdministrator; };
    require(std::ranges::any_of(roster.shifts, is_administrator), "somebody is administrator");
    for (const auto& shift : roster.shifts) {
        const bool known = shift.staff.value >= 1 && static_cast<std::size_t>(shift.staff.value) <= roster.staff.size();
        require(known, "a shift is somebody's");
        require(shift.days != 0 && shift.days <= 0x7f, "a shift has days");
        require(shift.from_min >= 0 && shift.from_min < 24 * 60 && shift.to_min >= 0 && shift.to_min <= 24 * 60,
                "a shift's times are of a day");
    }
}

}  // namespace

void try_input(std::string_view input) {
    core::Findings findings;
    const auto roster = config::read_roster_csv(input, "roster.csv", "86", findings);

    require(findings.size() <= 100, "findings are bounded");
    for (const auto& finding : findings) {
        require(finding.line >= 0 && !finding.message.empty(), "a finding has a line");
        require(finding.message.find("1990000") == std::string::npos, "a finding quotes no number");
    }
    if (findings.empty()) require_sound(roster);
}

}  // namespace harborline::fuzz
