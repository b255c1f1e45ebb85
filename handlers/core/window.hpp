#pragma once
#include <cstdint>

#include "handlers/core/local_time.hpp"

namespace harborline::core {

/// Hours of a week, in minutes of the local day. Crosses midnight where `from_min` is after `to_min`; it then belongs
/// to the day on which it begins.
struct Window {
    std::uint8_t days = 0x7f;  ///< Bit 0 Monday … bit 6 Sunday.
    int from_min = 0;          ///< 0 … 1439.
    int to_min = 1440;         ///< 1 … 1440, not in it any more; never `from_min`.
    friend bool operator==(const Window&, const Window&) = default;
};

/// Whether it can be kept to: its numbers are in their ranges, and it is open on some day.
bool is_sound(const Window& window);
bool begins_on(const Window& window, int weekday);
bool holds(const Window& window, const LocalTime& local);

}  // namespace harborline::core
