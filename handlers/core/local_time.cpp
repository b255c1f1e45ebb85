#include "handlers/core/local_time.hpp"

#include <date/tz.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace harborline::core {

namespace {

constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

bool is_chinese(std::string_view language) {
    return language.starts_with("zh");
}

std::string two_digits(int value) {
    return (value < 10 ? "0" : "") + std::to_string(value);
}

/// A part of the day up to an hour, by its Chinese name.
struct PartOfDay {
    int to_hour;
    std::string_view name;
};
constexpr std::array kPartsOfDay{PartOfDay{5, "凌晨"},  PartOfDay{9, "早上"},  PartOfDay{12, "上午"},
                                 PartOfDay{13, "中午"}, PartOfDay{18, "下午"}, PartOfDay{24, "晚上"}};

/// "早上7点", "晚上8:30".
std::string chinese_clock(int minute) {
    const int hour = minute / 60;
    const auto* part = std::ranges::find_if(kPartsOfDay, [hour](const PartOfDay& one) { return hour < one.to_hour; });
    const auto named = std::string{part->name} + std::to_string(hour > 12 ? hour - 12 : hour);
    return minute % 60 == 0 ? named + "点" : named + ":" + two_digits(minute % 60);
}

}  // namespace

std::string clock_face(int minute) {
    return two_digits(minute / 60) + ":" + two_digits(minute % 60);
}

Result<TimeZone> TimeZone::named(std::string_view name) {
    try {
        return TimeZone{*date::locate_zone(std::string{name})};
    } catch (const std::runtime_error&) {
        return Error{ErrorKind::kNotFound, "The time zone database has no zone of this name."};
    }
}

LocalTime TimeZone::local(Instant at) const {
    const auto wall = zone_->to_local(at);
    const auto day = std::chrono::floor<std::chrono::days>(wall);
    const auto weekday = std::chrono::weekday{std::chrono::local_days{day.time_since_epoch()}};
    return LocalTime{
        .date = LocalDate{std::chrono::local_days{day.time_since_epoch()}},
        .weekday = static_cast<int>(weekday.iso_encoding()) - 1,
        .minute = static_cast<int>(std::chrono::duration_cast<std::chrono::minutes>(wall - day).count()),
    };
}

Instant TimeZone::start_of(LocalDate day) const {
    const auto midnight = date::local_days{std::chrono::local_days{day}.time_since_epoch()};
    return std::chrono::time_point_cast<std::chrono::milliseconds>(zone_->to_sys(midnight, date::choose::earliest));
}

std::string format_iso(Instant at, const TimeZone& zone) {
    return date::format("%FT%T%Ez", date::make_zoned(zone.zone_, std::chrono::floor<std::chrono::seconds>(at)));
}

std::string format_date(LocalDate day, std::string_view language) {
    const auto month = std::to_string(unsigned{day.month()});
    const auto number = std::to_string(unsigned{day.day()});
    if (is_chinese(language)) return month + "月" + number + "日";
    return number + " " + std::string{kMonths.at(unsigned{day.month()} - 1)};
}

std::string format_date(Instant at, const TimeZone& zone, std::string_view language) {
    return format_date(zone.local(at).date, language);
}

std::string format_day_time(Instant at, const TimeZone& zone, std::string_view language) {
    const auto local = zone.local(at);
    const auto day = format_date(local.date, language);
    if (!is_chinese(language)) return day + " " + clock_face(local.minute);
    if (local.minute % 60 == 0) return day + std::to_string(local.minute / 60) + "点";
    return day + clock_face(local.minute);
}

std::string format_when(Instant at, Instant now, const TimeZone& zone, std::string_view language) {
    const auto local = zone.local(at);
    const auto ahead = std::chrono::local_days{local.date} - std::chrono::local_days{zone.local(now).date};
    const bool today = ahead == std::chrono::days{0};
    const bool tomorrow = ahead == std::chrono::days{1};
    const auto day = format_date(local.date, language);
    if (is_chinese(language)) return (today ? "今天" : tomorrow ? "明天" : day) + chinese_clock(local.minute);
    return (today ? "today" : tomorrow ? "tomorrow" : "on " + day) + " at " + clock_face(local.minute);
}

}  // namespace harborline::core
