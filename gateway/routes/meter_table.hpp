#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "gateway/routes/rate.hpp"

namespace harborline::gateway {

/// Meters of many sources in a fixed piece of memory. Keys must be keyed hashes: nobody outside can tell which of them
/// share a bucket. A full bucket gives up the meter that has been free longest, so whoever floods the table with new
/// names makes it forget the harmless first, and what is forgotten is only ever treated more kindly.
///
/// `Metered` is a Meter, or something that has one's `due`.
template <class Metered = Meter>
class MeterTable {
  public:
    /// Room for `size` sources, a power of two, at 8 bytes and a `Metered` each.
    explicit MeterTable(std::size_t size) : buckets_(size / kWays) {}

    /// None where the source is not remembered.
    const Metered* find(std::uint64_t key) const {
        for (const auto& entry : buckets_[key & (buckets_.size() - 1)]) {
            if (entry.key == key && entry.meter.due() != SteadyTime{}) return &entry.meter;
        }
        return nullptr;
    }

    /// The source's meter, or a fresh one in the place of the one that has been free longest.
    Metered& obtain(std::uint64_t key) {
        auto& bucket = buckets_[key & (buckets_.size() - 1)];
        auto* oldest = &bucket.front();
        for (auto& entry : bucket) {
            if (entry.key == key) return entry.meter;
            if (entry.meter.due() < oldest->meter.due()) oldest = &entry;
        }
        *oldest = {.key = key};
        return oldest->meter;
    }

  private:
    static constexpr std::size_t kWays = 4;
    struct Entry {
        std::uint64_t key = 0;
        Metered meter{};
    };
    std::vector<std::array<Entry, kWays>> buckets_;
};

}  // namespace harborline::gateway
