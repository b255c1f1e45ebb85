#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace harborline::petition {

/// A secret shuffle of the numbers 0 … size-1: every number goes to exactly one other and back, and without the key
/// nobody can tell how far apart two of them were. A Feistel network over pairs of digits to the base √size, rounded
/// up, whose rare results beyond `size` are shuffled again until they fall inside (cycle walking).
class KeyedPermutation {
  public:
    using Key = std::array<std::byte, 32>;

    /// `size` from 1 to 2^32.
    KeyedPermutation(const Key& key, std::uint64_t size);

    std::uint64_t size() const { return size_; }
    /// Both throw std::out_of_range where `value` is not below size().
    std::uint64_t forward(std::uint64_t value) const;
    std::uint64_t backward(std::uint64_t value) const;

  private:
    std::uint64_t scramble(std::uint64_t value) const;
    std::uint64_t unscramble(std::uint64_t value) const;
    std::uint64_t round(int number, std::uint64_t half) const;

    Key key_;
    std::uint64_t size_;
    std::uint64_t base_;
};

}  // namespace harborline::petition
