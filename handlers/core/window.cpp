#include "handlers/core/window.hpp"

namespace harborline::core {
namespace {

constexpr int kMinutesADay = 24 * 60;

}  // namespace

bool is_sound(const Window& window) {
    return window.days != 0 && window.days <= 0x7f && window.from_min >= 0 && window.from_min < kMinutesADay &&
           window.to_min > 0 && window.to_min <= kMinutesADay && window.from_min != window.to_min;
}

bool begins_on(const Window& window, int weekday) {
    return ((window.days >> (weekday % 7)) & 1) != 0;
}

bool holds(const Window& window, const LocalTime& local) {
    if (window.from_min < window.to_min)
        return begins_on(window, local.weekday) && local.minute >= window.from_min && local.minute < window.to_min;
    return (begins_on(window, local.weekday) && local.minute >= window.from_min) ||
           (begins_on(window, local.weekday + 6) && local.minute < window.to_min);
}

}  // namespace harborline::core
