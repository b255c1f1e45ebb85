#include "config/holidays.hpp"

#include <toml++/toml.h>

#include <chrono>
#include <set>
#include <utility>

namespace harborline::config {

namespace {

constexpr int kFirstYear = 2000;
constexpr int kLastYear = 2199;
constexpr std::chrono::days kWarnedBefore{60};

class HolidayReader {
  public:
    HolidayReader(const std::string& file, core::Findings& findings) : file_(file), findings_(findings) {}

    std::optional<core::HolidayYear> read(const toml::table& root) {
        const auto number = root["year"].value_exact<std::int64_t>();
        if (!number || *number < kFirstYear || *number > kLastYear) {
            report(root, "needs year = 2026, or another of this century, without quotes");
            return std::nullopt;
        }
        year_.year = std::chrono::year{static_cast<int>(*number)};
        for (const auto& [key, node] : root) read_entry(key.str(), node);
        if (root["source"].value_or<std::string_view>("").empty())
            report(root, "needs source = \"…\": the notice that the days come from");
        return std::move(year_);
    }

  private:
    void read_entry(std::string_view key, const toml::node& node) {
        if (key == "year" || (key == "source" && node.is_string())) return;
        if (key == "verified_on" && node.is_date()) {
            year_.checked = true;
        } else if (key == "holiday" && node.is_array_of_tables()) {
            for (const auto& entry : *node.as_array()) read_holiday(*entry.as_table());
        } else {
            report(node, "has year, source in quotes, verified_on = YYYY-MM-DD and [[holiday]] sections, nothing else");
        }
    }

    void read_holiday(const toml::table& table) {
        if (table["name"].value_or<std::string_view>("").empty()) report(table, "a holiday needs its name");
        if (!table.contains("days")) report(table, "a holiday needs days = \"2026-10-01..2026-10-07\"");
        for (const auto& [key, node] : table) {
            if (key == "days")
                read_days(node, year_.holidays, false);
            else if (key == "work")
                read_days(node, year_.work_weekends, true);
            else if (key != "name")
                report(node, "a holiday has name, days and work in quotes, nothing else");
        }
    }

    void read_days(const toml::node& node, std::vector<core::DateSpan>& days, bool are_weekends) {
        const auto spans = core::read_dates(node.value_or<std::string_view>(""));
        if (!spans || spans->empty())
            return report(node, "must be days like \"2026-01-04\" or \"2026-10-01..2026-10-07\"");
        for (const auto& span : *spans) {
            if (!is_of_year(span)) return report(node, "a day is of another year");
            for (auto day = std::chrono::sys_days{span.first}; day <= std::chrono::sys_days{span.last};
                 day += std::chrono::days{1}) {
                const std::chrono::weekday weekday{day};
                if (are_weekends && weekday != std::chrono::Saturday && weekday != std::chrono::Sunday)
                    return report(node, "work is on a Saturday or a Sunday");
                if (!seen_.insert(day).second) return report(node, "a day stands here twice");
            }
            days.push_back(span);
        }
    }

    bool is_of_year(const core::DateSpan& span) const {
        const bool december_before =
            span.first.year() == year_.year - std::chrono::years{1} && span.first.month() == std::chrono::December;
        return span.last.year() <= year_.year && (span.first.year() == year_.year || december_before);
    }

    void report(const toml::node& node, std::string message) {
        findings_.push_back({file_, static_cast<int>(node.source().begin.line), std::move(message)});
    }

    const std::string& file_;
    core::Findings& findings_;
    core::HolidayYear year_{};
    std::set<std::chrono::sys_days> seen_{};
};

}  // namespace

std::optional<core::HolidayYear> read_holidays(std::string_view toml, const std::string& file,
                                               core::Findings& findings) {
    try {
        return HolidayReader{file, findings}.read(toml::parse(toml));
    } catch (const toml::parse_error& error) {
        findings.push_back({file, static_cast<int>(error.source().begin.line), "not valid TOML"});
        return std::nullopt;
    }
}

std::optional<core::Finding> calendar_ends(const core::HolidayCalendar& calendar, const std::string& folder,
                                           core::LocalDate today) {
    if (calendar.empty()) return std::nullopt;
    const auto until = core::known_until(calendar);
    if (until && std::chrono::sys_days{*until} - std::chrono::sys_days{today} >= kWarnedBefore) return std::nullopt;
    return core::Finding{.file = folder,
                         .message = "warning: the holiday calendar is " +
                                    (until ? "checked up to " + core::write_date(*until) : "not checked") +
                                    "; write the next notice's days into a year's file, with verified_on, and import "
                                    "the roster again"};
}

}  // namespace harborline::config
