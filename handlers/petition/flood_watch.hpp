#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "handlers/core/time.hpp"

namespace harborline::petition {

/// Finds the same text coming from many strangers (domain rules 3.7): whoever it is shown belongs to a handset of which
/// nothing is known yet. Holds no text and no number, in a fixed piece of memory: nothing is allocated after the
/// constructor, and among very many different texts at once the ones not seen for longest are forgotten. A restart
/// forgets all of it, which lets one more `per_min` of a flood in.
class FloodWatch {
  public:
    static constexpr int kPerMinMax = 300;

    /// `per_min` texts within a minute are no flood yet, at most kPerMinMax; 0: nothing ever is, and nothing is kept.
    explicit FloodWatch(int per_min);

    /// Counts one text by its keyed hash. Whether it is one of more than `per_min` within a minute. A turn that is
    /// taken a second time, because its commit failed, counts twice.
    bool notes(std::uint64_t text, core::Instant now);

  private:
    static constexpr std::size_t kWays = 4;
    static constexpr std::size_t kBuckets = 256;
    struct Entry {
        std::uint64_t text = 0;
        core::Instant last{};  ///< 1970: free.
        std::size_t next = 0;  ///< Where its next instant goes: over its oldest.
    };

    std::size_t per_min_;
    std::vector<std::array<Entry, kWays>> buckets_{};
    std::vector<core::Instant> instants_{};  ///< Of every entry, the latest `per_min` in a ring.
};

}  // namespace harborline::petition
