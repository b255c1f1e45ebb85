#include "gateway/workers/send_pace.hpp"

#include <algorithm>

namespace harborline::gateway {
namespace {

/// The slowest rate that the settings take is one in 100 s.
constexpr double kSlowest = 0.01;

}  // namespace

SendPace::SendPace(double rate_per_s)
    : gap_(std::chrono::duration_cast<Duration>(std::chrono::duration<double>(1.0 / std::max(rate_per_s, kSlowest)))) {}

int SendPace::allowed(TimePoint now, Duration horizon, int most) const {
    const Duration room = now + horizon - std::max(now, next_);
    if (room < Duration::zero()) return 0;
    if (gap_ <= Duration::zero() || room / gap_ >= most) return most;
    return std::min(most, 1 + static_cast<int>(room / gap_));
}

SendPace::TimePoint SendPace::take(TimePoint now) {
    const TimePoint at = std::max(now, next_);
    next_ = at + gap_;
    return at;
}

}  // namespace harborline::gateway
