#include "handlers/petition/legal_clock.hpp"

namespace harborline::petition {

core::Instant due_after(core::Instant received, int days, const core::TimeZone& zone, const Holidays& holidays) {
    auto last = std::chrono::local_days{zone.local(received).date} + std::chrono::days{days};
    while (holidays.contains(core::LocalDate{last})) last += std::chrono::days{1};
    return zone.start_of(core::LocalDate{last + std::chrono::days{1}});
}

std::string format_due(core::Instant due, const core::TimeZone& zone, std::string_view language) {
    return core::format_date(due - std::chrono::milliseconds{1}, zone, language);
}

}  // namespace harborline::petition
