#include "handlers/kinship/card_lock.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace harborline::kinship {
namespace {

using std::chrono::milliseconds;

constexpr int kMissesMax = 5;
constexpr milliseconds kDay = std::chrono::hours{24};
constexpr milliseconds kFirstLock = std::chrono::minutes{15};

bool is_within(const core::PinMisses& misses, milliseconds span, core::Instant now) {
    // A miss that lies ahead was before the clock was set back.
    return std::chrono::abs(now - misses.last) < span;
}

milliseconds lock_of(const core::PinMisses& card) {
    milliseconds lock = kFirstLock;
    for (int locks = 1; locks < card.locks && lock < kDay; ++locks) lock *= 2;
    return std::min(lock, kDay);
}

bool is_full(const core::PinMisses& misses) {
    return misses.count >= kMissesMax;
}

/// The locks that time has not forgiven yet.
int locks_left(const core::PinMisses& misses, core::Instant now) {
    const auto quiet = now - misses.last - (is_full(misses) ? lock_of(misses) : milliseconds{});
    return quiet < kDay ? misses.locks : static_cast<int>(std::max<std::int64_t>(misses.locks - quiet / kDay, 0));
}

void count(core::PinMisses& misses, core::Instant now) {
    misses.locks = locks_left(misses, now);
    // What was missed before a lock that is over does not lock again.
    if (is_full(misses) || !is_within(misses, kDay, now)) misses.count = 0;
    ++misses.count;
    misses.last = now;
    if (is_full(misses)) ++misses.locks;
}

}  // namespace

bool pair_locked(const core::PinMisses& pair, core::Instant now) {
    return is_full(pair) && is_within(pair, kDay, now);
}

bool card_locked(const core::PinMisses& card, bool is_own_phone, core::Instant now) {
    return !is_own_phone && is_full(card) && is_within(card, lock_of(card), now);
}

void note_miss(core::PinMisses& pair, core::PinMisses& card, bool is_own_phone, core::Instant now) {
    if (pair_locked(pair, now) || card_locked(card, is_own_phone, now)) return;
    count(pair, now);
    if (!is_own_phone) count(card, now);
}

void note_opened(core::PinMisses& pair, core::PinMisses& card) {
    pair = {};
    card.count = 0;
}

}  // namespace harborline::kinship
