#include "config/roster/shift_cells.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace harborline::config {

namespace {

constexpr std::array<std::pair<std::string_view, core::Role>, 5> kRoles{{
    {"owner", core::Role::kOwner},
    {"duty", core::Role::kDuty},
    {"second", core::Role::kSecond},
    {"leader", core::Role::kLeader},
    {"administrator", core::Role::kAdministrator},
}};
constexpr std::array<std::string_view, 7> kWeekdays{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr std::array<std::string_view, 5> kDepartments{"RIGHTS", "DEV", "PUB", "FAM", "ORG"};
constexpr std::uint8_t kEveryDay = 0x7f;
constexpr std::size_t kPlaceDigitsMax = 12;

bool is_digit(char sign) {
    return sign >= '0' && sign <= '9';
}

/// A weekday's position, 7 for none.
std::size_t weekday(std::string_view word) {
    const auto first = word.find_first_not_of(' ');
    if (first == std::string_view::npos) return kWeekdays.size();
    word = word.substr(first, word.find_last_not_of(' ') - first + 1);
    return static_cast<std::size_t>(std::ranges::find(kWeekdays, word) - kWeekdays.begin());
}

std::optional<std::uint8_t> read_days_part(std::string_view part) {
    const auto dash = part.find('-');
    const auto first = weekday(part.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : weekday(part.substr(dash + 1));
    if (first >= kWeekdays.size() || last >= kWeekdays.size()) return std::nullopt;
    std::uint8_t days = 0;
    for (auto day = first;; day = (day + 1) % kWeekdays.size()) {
        days |= static_cast<std::uint8_t>(1U << day);
        if (day == last) return days;
    }
}

}  // namespace

std::optional<core::Role> read_role(std::string_view cell) {
    for (const auto& [name, role] : kRoles)
        if (name == cell) return role;
    return std::nullopt;
}

std::optional<std::uint8_t> read_days(std::string_view cell) {
    std::string written{cell};
    std::ranges::transform(written, written.begin(),
                           [](char sign) { return sign >= 'A' && sign <= 'Z' ? static_cast<char>(sign + 32) : sign; });
    if (written.empty() || written == "all") return kEveryDay;
    std::string_view rest = written;
    std::uint8_t days = 0;
    while (true) {
        const auto comma = rest.find(',');
        const auto part = read_days_part(rest.substr(0, comma));
        if (!part) return std::nullopt;
        days |= *part;
        if (comma == std::string_view::npos) return days;
        rest.remove_prefix(comma + 1);
    }
}

std::optional<int> read_minute(std::string_view cell) {
    if (cell.size() == 4) return read_minute("0" + std::string{cell});
    if (cell.size() != 5 || cell[2] != ':') return std::nullopt;
    for (const std::size_t at : {0U, 1U, 3U, 4U})
        if (!is_digit(cell[at])) return std::nullopt;
    const int hours = (cell[0] - '0') * 10 + (cell[1] - '0');
    const int minutes = (cell[3] - '0') * 10 + (cell[4] - '0');
    const int minute = hours * 60 + minutes;
    if (minutes > 59 || minute > 24 * 60) return std::nullopt;
    return minute;
}

bool is_district(std::string_view cell) {
    return cell.size() <= kPlaceDigitsMax && std::ranges::all_of(cell, is_digit);
}

bool is_department(std::string_view cell) {
    return cell.empty() || std::ranges::find(kDepartments, cell) != kDepartments.end();
}

}  // namespace harborline::config
