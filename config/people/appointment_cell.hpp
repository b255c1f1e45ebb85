#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "handlers/core/appointment.hpp"

namespace harborline::config {

/// "sun 19:00", or "2027-03-07 19:00" for that day only, as weekday, minute and day of a wish. Nothing where it is no
/// such time.
std::optional<core::Appointment> read_appointment(std::string_view written);
/// As `read_appointment` reads it.
std::string write_appointment(const core::Appointment& appointment);

}  // namespace harborline::config
