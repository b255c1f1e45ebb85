#include "storage/sealing/key.hpp"

#include <sodium.h>

#include <cstring>

namespace harborline::storage::sealing {

Key::Key(std::span<const std::byte, kSize> bytes) {
    std::memcpy(bytes_.data(), bytes.data(), kSize);
}

Key::~Key() {
    sodium_memzero(bytes_.data(), bytes_.size());
}

Key Key::derive(std::string_view purpose) const {
    Key derived;
    crypto_generichash(derived.data(), kSize, reinterpret_cast<const unsigned char*>(purpose.data()), purpose.size(),
                       data(), kSize);
    return derived;
}

std::int64_t Key::digest(std::string_view value) const {
    std::array<unsigned char, crypto_generichash_BYTES_MIN> digest{};
    crypto_generichash(digest.data(), digest.size(), reinterpret_cast<const unsigned char*>(value.data()), value.size(),
                       data(), kSize);
    std::int64_t result = 0;
    std::memcpy(&result, digest.data(), sizeof result);
    return result;
}

std::uint64_t Key::short_hash(std::string_view value) const {
    static_assert(crypto_shorthash_KEYBYTES <= kSize && crypto_shorthash_BYTES == sizeof(std::uint64_t));
    std::uint64_t result = 0;
    crypto_shorthash(reinterpret_cast<unsigned char*>(&result), reinterpret_cast<const unsigned char*>(value.data()),
                     value.size(), data());
    return result;
}

}  // namespace harborline::storage::sealing
