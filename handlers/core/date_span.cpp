#include "handlers/core/date_span.hpp"

#include <algorithm>
#include <charconv>

namespace harborline::core {

namespace {

/// A number of at most `digits` digits up to the next mark, which is cut off with it.
std::optional<unsigned> take_date_part(std::string_view& rest, std::size_t digits) {
    const auto size = std::min(rest.find_first_of("-/"), rest.size());
    unsigned value = 0;
    const auto* const end = rest.data() + size;
    const auto [read, error] = std::from_chars(rest.data(), end, value);
    if (size == 0 || size > digits || error != std::errc{} || read != end) return std::nullopt;
    rest.remove_prefix(std::min(size + 1, rest.size()));
    return value;
}

std::optional<LocalDate> read_date(std::string_view text) {
    constexpr unsigned kEarliest = 2000;
    if (text.empty() || text.back() == '-' || text.back() == '/') return std::nullopt;
    const auto year = take_date_part(text, 4);
    const auto month = take_date_part(text, 2);
    const auto day = take_date_part(text, 2);
    if (!year || !month || !day || !text.empty() || *year < kEarliest) return std::nullopt;
    const LocalDate date{std::chrono::year{static_cast<int>(*year)}, std::chrono::month{*month},
                         std::chrono::day{*day}};
    return date.ok() ? std::optional{date} : std::nullopt;
}

std::optional<DateSpan> read_span(std::string_view text) {
    const auto dots = text.find("..");
    const auto first = read_date(text.substr(0, dots));
    const auto last = dots == std::string_view::npos ? first : read_date(text.substr(dots + 2));
    if (!first || !last || *last < *first) return std::nullopt;
    return DateSpan{*first, *last};
}

std::string padded(unsigned value, std::size_t digits) {
    auto written = std::to_string(value);
    return std::string(digits - std::min(digits, written.size()), '0') + written;
}

}  // namespace

bool holds(const std::vector<DateSpan>& spans, LocalDate day) {
    return std::ranges::any_of(spans, [&](const DateSpan& span) { return span.holds(day); });
}

std::optional<std::vector<DateSpan>> read_dates(std::string_view text) {
    constexpr std::string_view kBetween = " ,;";
    std::vector<DateSpan> spans;
    while (true) {
        const auto begin = text.find_first_not_of(kBetween);
        if (begin == std::string_view::npos) return spans;
        text.remove_prefix(begin);
        const auto size = std::min(text.find_first_of(kBetween), text.size());
        const auto span = read_span(text.substr(0, size));
        if (!span) return std::nullopt;
        spans.push_back(*span);
        text.remove_prefix(size);
    }
}

std::string write_date(LocalDate day) {
    return padded(static_cast<unsigned>(static_cast<int>(day.year())), 4) + "-" + padded(unsigned{day.month()}, 2) +
           "-" + padded(unsigned{day.day()}, 2);
}

std::string write_dates(const std::vector<DateSpan>& spans) {
    std::string written;
    for (const auto& [first, last] : spans) {
        written.append(written.empty() ? "" : " ").append(write_date(first));
        if (last != first) written.append("..").append(write_date(last));
    }
    return written;
}

}  // namespace harborline::core
