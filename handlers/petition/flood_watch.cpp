#include "handlers/petition/flood_watch.hpp"

#include <algorithm>
#include <chrono>
#include <span>

namespace harborline::petition {

namespace {

constexpr std::chrono::minutes kFloodWithin{1};

}  // namespace

FloodWatch::FloodWatch(int per_min) : per_min_(static_cast<std::size_t>(std::clamp(per_min, 0, kPerMinMax))) {
    if (per_min_ == 0) return;
    buckets_.resize(kBuckets);
    instants_.resize(kBuckets * kWays * per_min_);
}

bool FloodWatch::notes(std::uint64_t text, core::Instant now) {
    if (per_min_ == 0) return false;
    const std::size_t bucket = text % kBuckets;
    auto& entries = buckets_[bucket];
    auto entry = std::ranges::find_if(
        entries, [&](const Entry& one) { return one.text == text && one.last != core::Instant{}; });
    const bool is_new = entry == entries.end();
    if (is_new) entry = std::ranges::min_element(entries, {}, &Entry::last);
    const auto place = bucket * kWays + static_cast<std::size_t>(entry - entries.begin());
    const std::span ring{instants_.data() + place * per_min_, per_min_};
    if (is_new) {
        *entry = {.text = text};
        std::ranges::fill(ring, core::Instant{});
    }
    auto& oldest = ring[entry->next];
    // An instant that lies ahead was noted before the clock was set back: nobody knows how long ago.
    const bool is_flood = oldest <= now && now - oldest < kFloodWithin;
    oldest = now;
    entry->last = now;
    entry->next = (entry->next + 1) % per_min_;
    return is_flood;
}

}  // namespace harborline::petition
