#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "handlers/core/random.hpp"
#include "storage/sealing/key.hpp"

namespace harborline::storage::sealing {

/// A sealed value does not open: the file is damaged, or somebody moved a value to another row.
struct Damaged : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Where a sealed value stands. It opens nowhere else.
struct Place {
    std::string_view column{};  ///< "table.column"
    std::int64_t row = 0;
};

/// A key that seals. XChaCha20 derives a key of its own from the first 16 bytes of a nonce, which is a fifth of the
/// work on a short text: so these are drawn once, and the 8 that follow count. No copy can be made of it, which would
/// count the same numbers again.
class Sealer {
  public:
    static constexpr std::size_t kNonceSize = 24;

    Sealer(const Key& key, core::Random& random);
    Sealer(const Sealer&) = delete;
    Sealer& operator=(const Sealer&) = delete;

    /// XChaCha20-Poly1305; the place and the key's id are associated data. Form: key id (varint), nonce, ciphertext.
    std::string seal(std::int64_t key_id, const Place& place, std::string_view plain);

  private:
    static constexpr std::size_t kDrawn = 16;

    std::array<std::byte, kDrawn> drawn_{};
    Key derived_{};
    std::uint64_t sealed_ = 0;
};

/// Which key a value is sealed under. Throws Damaged.
std::int64_t key_id_of(std::string_view sealed);

/// Throws Damaged.
std::string open(const Key& key, const Place& place, std::string_view sealed);

}  // namespace harborline::storage::sealing
