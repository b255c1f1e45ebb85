#include "config/people/people_cells.hpp"

#include "config/roster/shift_cells.hpp"
#include "handlers/core/local_time.hpp"
#include "handlers/core/utf8.hpp"

namespace harborline::config {

namespace {

constexpr std::size_t kExternalIdMax = 40;
constexpr std::size_t kNameMax = 24;
constexpr std::size_t kCardDigits = 8;
constexpr std::array<std::string_view, 7> kDayWords{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

std::string_view without_blanks(std::string_view text) {
    const auto first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::optional<core::Window> read_window(std::string_view text) {
    const auto space = text.rfind(' ');
    const auto days = read_days(space == std::string_view::npos ? "" : text.substr(0, space));
    const auto hours = text.substr(space == std::string_view::npos ? 0 : space + 1);
    const auto dash = hours.find('-');
    const auto from = read_minute(hours.substr(0, dash));
    const auto to = dash == std::string_view::npos ? std::nullopt : read_minute(hours.substr(dash + 1));
    if (!days || !from || !to) return std::nullopt;
    const core::Window window{.days = *days, .from_min = *from, .to_min = *to};
    return core::is_sound(window) ? std::optional{window} : std::nullopt;
}

/// "mon-fri", "sat,sun": three days or more that follow one another are a span.
std::string write_days(std::uint8_t days) {
    if (days == 0x7f) return "all";
    const auto open = [&](std::size_t day) { return day < kDayWords.size() && (days >> day & 1) != 0; };
    std::string words;
    for (std::size_t day = 0; day < kDayWords.size(); ++day) {
        if (!open(day)) continue;
        words.append(words.empty() ? "" : ",").append(kDayWords.at(day));
        if (!open(day + 1) || !open(day + 2)) continue;
        while (open(day + 1)) ++day;
        words.append("-").append(kDayWords.at(day));
    }
    return words;
}

}  // namespace

std::optional<std::vector<core::Window>> read_hours(std::string_view cell) {
    std::vector<core::Window> hours;
    for (bool more = true; more;) {
        const auto end = cell.find(';');
        const auto window = read_window(without_blanks(cell.substr(0, end)));
        if (!window) return std::nullopt;
        hours.push_back(*window);
        more = end != std::string_view::npos;
        if (more) cell.remove_prefix(end + 1);
    }
    return hours;
}

std::string write_hours(const std::vector<core::Window>& hours) {
    std::string written;
    for (const auto& window : hours)
        written.append(written.empty() ? "" : "; ")
            .append(write_days(window.days))
            .append(" ")
            .append(core::clock_face(window.from_min))
            .append("-")
            .append(core::clock_face(window.to_min));
    return written;
}

bool is_external_id(std::string_view cell) {
    const auto allowed = [](char sign) {
        return (sign >= 'A' && sign <= 'Z') || (sign >= 'a' && sign <= 'z') || (sign >= '0' && sign <= '9') ||
               sign == '.' || sign == '_' || sign == '-';
    };
    return !cell.empty() && cell.size() <= kExternalIdMax && std::ranges::all_of(cell, allowed);
}

bool is_line(std::string_view cell, std::size_t most) {
    if (cell.empty() || core::count_characters(cell) > most) return false;
    for (std::size_t at = 0; at < cell.size();) {
        const char32_t sign = core::next_code_point(cell, at);
        if (sign < 0x20 || (sign >= 0x7f && sign < 0xa0) || sign == 0x2028 || sign == 0x2029) return false;
    }
    return true;
}

bool is_spoken_name(std::string_view cell) {
    if (!is_line(cell, kNameMax)) return false;
    for (std::size_t at = 0; at < cell.size();) {
        const char32_t sign = core::next_code_point(cell, at);
        const bool digit = (sign >= U'0' && sign <= U'9') || (sign >= U'\uFF10' && sign <= U'\uFF19');
        if (!digit && sign != U' ' && sign != U'\u3000') return true;
    }
    return false;
}

bool is_card_number(std::string_view cell) {
    const auto digit = [](char sign) { return sign >= '0' && sign <= '9'; };
    return cell.size() == kCardDigits && std::ranges::all_of(cell, digit) && cell[0] >= '1' && cell[0] <= '7';
}

}  // namespace harborline::config
