#pragma once
#include <optional>
#include <vector>

#include "handlers/core/appointment.hpp"

namespace harborline::storage {

/// Times at which relatives are put through to one another: no name, no number, no word.
class Appointments {
  public:
    virtual ~Appointments() = default;

    virtual core::AppointmentId add(const core::Appointment& appointment) = 0;
    virtual std::optional<core::Appointment> find(core::AppointmentId id) = 0;
    virtual void update(const core::Appointment& appointment) = 0;
    /// Those that have not ended, in the order in which they were made.
    virtual std::vector<core::Appointment> standing() = 0;
    virtual std::vector<core::Appointment> standing_of(core::TieId tie) = 0;
};

}  // namespace harborline::storage
