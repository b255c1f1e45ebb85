#include "handlers/petition/keyed_permutation.hpp"

#include <sodium.h>

#include <cstring>
#include <stdexcept>

namespace harborline::petition {

namespace {

// Four rounds hide the order from anybody who sees few numbers; small domains want more (NIST SP 800-38G uses 8 and
// 10), and the cost is a few microseconds once a case.
constexpr int kRounds = 10;

std::uint64_t root_rounded_up(std::uint64_t size) {
    if (size == 0 || size > (std::uint64_t{1} << 32)) throw std::out_of_range("size of a permutation");
    std::uint64_t root = 1;
    while (root * root < size) ++root;
    return root;
}

}  // namespace

KeyedPermutation::KeyedPermutation(const Key& key, std::uint64_t size)
    : key_(key), size_(size), base_(root_rounded_up(size)) {}

std::uint64_t KeyedPermutation::forward(std::uint64_t value) const {
    if (value >= size_) throw std::out_of_range("value of a permutation");
    do value = scramble(value);
    while (value >= size_);
    return value;
}

std::uint64_t KeyedPermutation::backward(std::uint64_t value) const {
    if (value >= size_) throw std::out_of_range("value of a permutation");
    do value = unscramble(value);
    while (value >= size_);
    return value;
}

std::uint64_t KeyedPermutation::scramble(std::uint64_t value) const {
    std::uint64_t left = value / base_;
    std::uint64_t right = value % base_;
    for (int number = 0; number < kRounds; ++number) {
        const std::uint64_t mixed = (left + round(number, right)) % base_;
        left = right;
        right = mixed;
    }
    return left * base_ + right;
}

std::uint64_t KeyedPermutation::unscramble(std::uint64_t value) const {
    std::uint64_t left = value / base_;
    std::uint64_t right = value % base_;
    for (int number = kRounds - 1; number >= 0; --number) {
        const std::uint64_t mixed = (right + base_ - round(number, left)) % base_;
        right = left;
        left = mixed;
    }
    return left * base_ + right;
}

std::uint64_t KeyedPermutation::round(int number, std::uint64_t half) const {
    std::array<unsigned char, 9> input{static_cast<unsigned char>(number)};
    for (int byte = 0; byte < 8; ++byte) input[1 + byte] = static_cast<unsigned char>(half >> (8 * byte));
    std::array<unsigned char, 16> digest{};
    crypto_generichash(digest.data(), digest.size(), input.data(), input.size(),
                       reinterpret_cast<const unsigned char*>(key_.data()), key_.size());
    std::uint64_t drawn = 0;
    std::memcpy(&drawn, digest.data(), sizeof drawn);
    return drawn % base_;
}

}  // namespace harborline::petition
