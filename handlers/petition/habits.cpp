#include "handlers/petition/habits.hpp"

#include <algorithm>

namespace harborline::petition {

namespace {

using core::Instant;
using namespace std::chrono_literals;

constexpr std::size_t kRepeatMinCharacters = 9;
constexpr int kRunMax = 1'000;

/// Of instants that the wall clock cannot have shown yet, a day's worth is believed: a small step backward must not
/// open the bounds, and a clock that once stood years ahead must not close them for years.
std::size_t count_within(const std::vector<Instant>& list, Instant now, std::chrono::milliseconds window) {
    return static_cast<std::size_t>(
        std::ranges::count_if(list, [&](Instant at) { return at > now - window && at <= now + 24h; }));
}

void keep(std::vector<Instant>& list, Instant now, std::chrono::milliseconds window, std::size_t at_most) {
    std::erase_if(list, [&](Instant at) { return at <= now - window || at > now + 24h; });
    if (list.size() >= at_most) list.erase(list.begin(), list.end() - static_cast<std::ptrdiff_t>(at_most - 1));
    list.push_back(now);
}

}  // namespace

bool Habits::is_repeat_of_last(const Said& said, Instant now) const {
    if (!last_at_ || said.hash != last_hash_ || said.characters < kRepeatMinCharacters) return false;
    return *last_at_ >= now - kRepeatWindow && *last_at_ <= now + kRepeatWindow;
}

void Habits::note_inbound(const Said& said, Instant now, std::optional<Instant> last_answer_at,
                          const HabitLimits& limits) {
    const bool identical = last_at_ && said.hash == last_hash_ && !said.single_key;
    const bool instant = last_answer_at && now >= *last_answer_at && now - *last_answer_at < limits.instant;
    if (identical)
        run_ = std::max(run_, 1) + 1;  // The one it repeats was the first.
    else
        run_ = instant ? run_ + 1 : 0;
    run_ = std::min(run_, kRunMax);
    if (run_ >= limits.machine_answers) stopped_ = true;
    last_hash_ = said.hash;
    last_at_ = now;
}

bool Habits::may_answer_automatically(Instant now, const HabitLimits& limits) const {
    const auto fits = [&](std::chrono::milliseconds window, int limit) {
        const auto most = std::min(static_cast<std::size_t>(std::max(limit, 0)), kAutomaticMax);
        return count_within(automatic_, now, window) < most;
    };
    return !stopped_ && fits(1h, limits.automatic_per_hour) && fits(24h, limits.automatic_per_day);
}

void Habits::note_automatic(Instant now) {
    keep(automatic_, now, 24h, kAutomaticMax);
}

void Habits::note_wrong_try(Instant now) {
    keep(wrong_tries_, now, 1h, kWrongTriesMax);
}

bool Habits::slowed(Instant now) const {
    return count_within(wrong_tries_, now, 1h) >= kWrongTriesMax;
}

void Habits::release() {
    stopped_ = false;
    run_ = 0;
}

}  // namespace harborline::petition
