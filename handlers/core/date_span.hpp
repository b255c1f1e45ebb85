#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "handlers/core/time.hpp"

namespace harborline::core {

/// Days of the calendar, the first and the last among them.
struct DateSpan {
    LocalDate first{};
    LocalDate last{};

    bool holds(LocalDate day) const { return first <= day && day <= last; }
    friend bool operator==(const DateSpan&, const DateSpan&) = default;
};

bool holds(const std::vector<DateSpan>& spans, LocalDate day);

/// "2026-12-25", "2026-10-01..2026-10-07", several of them divided by blanks, commas or semicolons; a spreadsheet's
/// 2026/12/5 too. Empty text is no day. Nothing where a part is no date, or a span ends before it begins.
std::optional<std::vector<DateSpan>> read_dates(std::string_view text);
/// As `read_dates` reads them.
std::string write_dates(const std::vector<DateSpan>& spans);
/// "2026-12-25"
std::string write_date(LocalDate day);

}  // namespace harborline::core
