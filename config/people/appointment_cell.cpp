#include "config/people/appointment_cell.hpp"

#include <array>
#include <bit>

#include "config/roster/shift_cells.hpp"
#include "handlers/core/date_span.hpp"

namespace harborline::config {
namespace {

constexpr std::array<std::string_view, 7> kAppointedOn{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr int kDayEnd = 24 * 60;

}  // namespace

std::optional<core::Appointment> read_appointment(std::string_view written) {
    const auto blank = written.find(' ');
    if (blank == std::string_view::npos || blank == 0) return std::nullopt;
    const auto day = written.substr(0, blank);
    const auto minute = read_minute(written.substr(blank + 1));
    if (!minute || *minute == kDayEnd) return std::nullopt;
    if (const auto dates = core::read_dates(day)) {
        const bool one_day = dates->size() == 1 && dates->front().first == dates->front().last;
        if (!one_day) return std::nullopt;
        return core::Appointment{.minute = *minute, .once = dates->front().first};
    }
    const auto days = read_days(day);
    if (!days || std::popcount(*days) != 1) return std::nullopt;
    return core::Appointment{.weekday = std::countr_zero(*days), .minute = *minute};
}

std::string write_appointment(const core::Appointment& appointment) {
    const std::string day = appointment.is_once()
                                ? core::write_date(appointment.once)
                                : std::string{kAppointedOn.at(static_cast<std::size_t>(appointment.weekday))};
    return day + " " + core::clock_face(appointment.minute);
}

}  // namespace harborline::config
