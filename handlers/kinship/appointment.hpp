#pragma once
#include <chrono>
#include <cstdint>
#include <optional>

#include "handlers/core/appointment.hpp"
#include "handlers/core/local_time.hpp"
#include "handlers/core/time.hpp"

/// When an appointment's next step is due. Pure: whoever takes the steps writes down that they were taken.
namespace harborline::kinship {

/// The minute of a local day as an instant. Where clocks jump over it: as long after the day's begin as on any other.
core::Instant instant_of(core::LocalDate day, int minute, const core::TimeZone& zone);

/// The first occurrence behind an instant; nothing where there is none any more.
std::optional<core::Instant> next_occurrence(const core::Appointment& wish, const core::TimeZone& zone,
                                             core::Instant after);

/// The next occurrence comes in the place of the one before: nobody was reminded of it or called for it. False, and
/// nothing changed, where there is none.
bool go_on(core::Appointment& appointment, const core::TimeZone& zone, core::Instant now);

/// How an adult may move one occurrence.
enum class Shift : std::uint8_t { kHourEarlier, kHourLater, kDayLater };
core::Instant shifted(const core::Appointment& appointment, Shift by, const core::TimeZone& zone);

enum class Step : std::uint8_t {
    kWait,
    kRemind,  ///< The adult, the evening before.
    kCall,    ///< The child's telephone, then the adult's. Again after 5, 15 and 30 minutes where they did not talk.
    kGiveUp,  ///< They did not. Also where it is too late for a call, because nobody looked in time.
};
Step step_due(const core::Appointment& appointment, const core::TimeZone& zone, core::Instant now);

/// When to look at it for the step behind those that were taken; in the past where one is due.
core::Instant next_look(const core::Appointment& appointment, const core::TimeZone& zone);

/// The longest that anybody waits before looking again: what was to be looked at later was set by a clock that ran
/// ahead, or is farther off.
constexpr std::chrono::hours kLookWithin{8 * 24};

}  // namespace harborline::kinship
