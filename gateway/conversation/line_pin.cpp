#include "gateway/conversation/line_pin.hpp"

#include <sodium.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <span>

namespace harborline::gateway {
namespace {

constexpr std::size_t kDigits = 6;
constexpr std::uint64_t kPins = 1'000'000;
constexpr int kMissesMax = 3;
constexpr auto kLockedFor = std::chrono::hours{1};
constexpr std::size_t kSalt = 16;

std::string hashed(std::string_view salt, std::string_view pin) {
    std::array<unsigned char, crypto_generichash_BYTES> hash{};
    const auto bytes = [](std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); };
    crypto_generichash(hash.data(), hash.size(), bytes(pin), pin.size(), bytes(salt), salt.size());
    return std::string{salt}.append(reinterpret_cast<const char*>(hash.data()), hash.size());
}

}  // namespace

std::string draw_line_pin(core::Random& random) {
    const auto drawn = std::to_string(random.below(kPins));
    return std::string(kDigits - drawn.size(), '0') + drawn;
}

std::string hash_line_pin(std::string_view pin, core::Random& random) {
    std::string salt(kSalt, '\0');
    random.fill(std::as_writable_bytes(std::span{salt}));
    return hashed(salt, pin);
}

bool is_locked(const storage::LinePin& pin, core::Instant now) {
    // A miss that lies ahead was before the clock was set back.
    return pin.misses >= kMissesMax && std::chrono::abs(now - pin.missed_at) < kLockedFor;
}

bool opens(storage::LinePin& pin, std::string_view keyed, core::Instant now) {
    if (pin.hash.size() <= kSalt || is_locked(pin, now)) return false;
    const std::string given = hashed(std::string_view{pin.hash}.substr(0, kSalt), keyed);
    const bool right =
        given.size() == pin.hash.size() && sodium_memcmp(given.data(), pin.hash.data(), given.size()) == 0;
    // What was missed before a lock that is over does not lock again.
    if (right || std::chrono::abs(now - pin.missed_at) >= kLockedFor) pin.misses = 0;
    if (right) return true;
    ++pin.misses;
    pin.missed_at = now;
    return false;
}

}  // namespace harborline::gateway
