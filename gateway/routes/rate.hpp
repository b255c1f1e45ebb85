#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>

namespace harborline::gateway {

using SteadyTime = std::chrono::steady_clock::time_point;

/// So many events in a period: all of them at once, or evenly spread, and so on from there. None: no limit.
struct Rate {
    std::int64_t events = 0;
    std::chrono::nanoseconds period{};

    /// Between two events when they are spread evenly.
    std::chrono::nanoseconds interval() const { return events > 0 ? period / events : std::chrono::nanoseconds{}; }
};

/// What one source has used of a rate: the virtual scheduling form of GCRA (ITU-T I.371, annex A), in which a single
/// instant says all that a token bucket knows. Pure: the time is passed in.
class Meter {
  public:
    /// How long until one more event is within the rate; zero: now. Asking costs nothing.
    std::chrono::nanoseconds wait(const Rate& rate, SteadyTime now) const {
        if (rate.events == 0) return {};
        return std::max<std::chrono::nanoseconds>(due_ - (rate.period - rate.interval()) - now, {});
    }
    /// Counts one event, within the rate or not. Nobody ever owes more than one period.
    void charge(const Rate& rate, SteadyTime now) {
        due_ = std::min(std::max(due_, now) + rate.interval(), now + rate.period);
    }
    /// When all that was used is free again; in the past: for how long it has been.
    SteadyTime due() const { return due_; }

  private:
    SteadyTime due_{};
};

}  // namespace harborline::gateway
