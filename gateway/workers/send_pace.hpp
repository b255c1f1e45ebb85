#pragma once
#include <chrono>

namespace harborline::gateway {

/// Spreads a channel's sendings evenly. Pure: whoever asks brings the instant.
class SendPace {
  public:
    using TimePoint = std::chrono::steady_clock::time_point;
    using Duration = std::chrono::steady_clock::duration;

    explicit SendPace(double rate_per_s);

    /// How many may go from `now` to the end of `horizon`, at most `most`.
    int allowed(TimePoint now, Duration horizon, int most) const;
    /// When the next one may go; takes that place.
    TimePoint take(TimePoint now);
    /// When the next one could go.
    TimePoint next() const { return next_; }

  private:
    Duration gap_;
    TimePoint next_{};
};

}  // namespace harborline::gateway
