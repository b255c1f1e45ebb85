#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace harborline::core {

/// A source of unpredictable bytes, passed in so that a test can repeat itself.
class Random {
  public:
    virtual ~Random() = default;
    virtual void fill(std::span<std::byte> out) = 0;

    /// An even draw from [0, bound). `bound` > 0.
    std::uint64_t below(std::uint64_t bound) {
        // Rejection keeps the draw even; the loop ends after fewer than two rounds on average.
        const std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
        std::uint64_t value = 0;
        do {
            fill(std::as_writable_bytes(std::span{&value, 1}));
        } while (value >= limit);
        return value % bound;
    }
};

}  // namespace harborline::core
