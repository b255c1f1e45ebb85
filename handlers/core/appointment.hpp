#pragma once
#include "handlers/core/ids.hpp"
#include "handlers/core/local_time.hpp"
#include "handlers/core/time.hpp"

namespace harborline::core {

/// A time at which a child and one of its people are put through to one another by telephone: "Sundays at seven". It is
/// a wish in local time, of which one occurrence at a time is an instant.
struct Appointment {
    AppointmentId id{};
    TieId tie{};
    HandsetId point{};  ///< The child's telephone, which is called first: its own, or one of several people.
    int weekday = 0;    ///< 0 Monday … 6 Sunday; of `once` nothing.
    int minute = 0;     ///< Of the local day.
    LocalDate once{};   ///< Only on this day; not `ok()`: every week.
    bool ended = false;

    // Of the occurrence that comes next, or is under way.
    Instant agreed{};       ///< When it was agreed on;
    Instant at{};           ///< when it is, which differs where it was moved.
    bool reminded = false;  ///< The adult was, or is not to be any more. Not where it could not take place.
    int tries = 0;          ///< So often the child's telephone was called for it, or was not because of a bar,
    Instant tried_at{};     ///< the last time then.
    Instant look_at{};      ///< When somebody looks at it next.

    bool is_once() const { return once.ok(); }
    friend bool operator==(const Appointment&, const Appointment&) = default;
};

}  // namespace harborline::core
