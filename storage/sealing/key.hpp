#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace harborline::storage::sealing {

/// 32 secret bytes. Wiped wherever a copy of them dies; printable nowhere.
class Key {
  public:
    static constexpr std::size_t kSize = 32;

    Key() = default;
    explicit Key(std::span<const std::byte, kSize> bytes);
    Key(const Key&) = default;
    Key& operator=(const Key&) = default;
    ~Key();

    const unsigned char* data() const { return bytes_.data(); }
    unsigned char* data() { return bytes_.data(); }
    std::span<std::byte> writable() { return std::as_writable_bytes(std::span{bytes_}); }

    /// Another key for one purpose, from which this one can not be found again.
    Key derive(std::string_view purpose) const;
    /// The first 8 bytes of the keyed BLAKE2b digest of `value`.
    std::int64_t digest(std::string_view value) const;
    /// SipHash under the first half of the key: for tables that compare the value itself on a hit.
    std::uint64_t short_hash(std::string_view value) const;

  private:
    std::array<unsigned char, kSize> bytes_{};
};

}  // namespace harborline::storage::sealing
