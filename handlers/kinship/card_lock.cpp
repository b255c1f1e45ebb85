#include "handlers/kinship/card_lock.hpp"

#include <algorithm>
#include <chrono>

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

void count(core::PinMisses& misses, core::Instant now) {
    // What was missed before a lock that is over does not lock again.
    if (misses.count >= kMissesMax || !is_within(misses, kDay, now)) misses.count = 0;
    ++misses.count;
    misses.last = now;
    if (misses.count == kMissesMax) ++misses.locks;
}

}  // namespace

bool pair_locked(const core::PinMisses& pair, core::Instant now) {
    return pair.count >= kMissesMax && is_within(pair, kDay, now);
}

bool card_locked(const core::PinMisses& card, bool is_own_phone, core::Instant now) {
    return !is_own_phone && card.count >= kMissesMax && is_within(card, lock_of(card), now);
}

void note_miss(core::PinMisses& pair, core::PinMisses& card, bool is_own_phone, core::Instant now) {
    if (pair_locked(pair, now) || card_locked(card, is_own_phone, now)) return;
    count(pair, now);
    if (!is_own_phone) count(card, now);
}

void note_opened(core::PinMisses& pair, core::PinMisses& card) {
    pair = {};
    card = {};
}

}  // namespace harborline::kinship
