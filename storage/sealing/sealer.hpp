#pragma once
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

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

/// Nonces from a block of random bytes: asking the system for each costs a fifth of a seal.
class Nonces {
  public:
    static constexpr std::size_t kSize = 24;

    explicit Nonces(core::Random& random) : random_(random), block_(kSize * 256), used_(block_.size()) {}
    const unsigned char* next();

  private:
    core::Random& random_;
    std::vector<unsigned char> block_;
    std::size_t used_;
};

/// XChaCha20-Poly1305; the place and the key's id are associated data. Form: key id (varint), nonce, ciphertext.
std::string seal(const Key& key, std::int64_t key_id, const Place& place, std::string_view plain, Nonces& nonces);

/// Which key a value is sealed under. Throws Damaged.
std::int64_t key_id_of(std::string_view sealed);

/// Throws Damaged.
std::string open(const Key& key, const Place& place, std::string_view sealed);

}  // namespace harborline::storage::sealing
