#pragma once
#include <chrono>
#include <cstdint>

namespace harborline::core {

/// A point in UTC, to the millisecond. Local time appears in texts and roster rules only.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

/// A date of the programme's own calendar (Asia/Shanghai by default): the unit of legal clocks.
using LocalDate = std::chrono::year_month_day;

/// The wall clock, passed in so that a test can drive an hour in a millisecond.
class Clock {
  public:
    virtual ~Clock() = default;
    virtual Instant now() const = 0;
};

/// Milliseconds since 1970, as stored.
constexpr std::int64_t to_millis(Instant at) {
    return at.time_since_epoch().count();
}
constexpr Instant from_millis(std::int64_t millis) {
    return Instant{std::chrono::milliseconds{millis}};
}

}  // namespace harborline::core
