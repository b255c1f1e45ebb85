#include "storage/sealing/sealer.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace harborline::storage::sealing {
namespace {

constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(Sealer::kNonceSize == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(Key::kSize == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

constexpr std::size_t kLongestId = 10;

/// Associated data: the fixed-width numbers first, so that no column name can run into them.
class Binding {
  public:
    Binding(const Place& place, std::int64_t key_id) {
        if (place.column.size() > bytes_.size() - 16) throw std::logic_error("the name of a sealed column is too long");
        std::memcpy(bytes_.data(), &place.row, 8);
        std::memcpy(bytes_.data() + 8, &key_id, 8);
        std::memcpy(bytes_.data() + 16, place.column.data(), place.column.size());
        size_ = 16 + place.column.size();
    }
    const unsigned char* data() const { return bytes_.data(); }
    std::size_t size() const { return size_; }

  private:
    std::array<unsigned char, 64> bytes_{};
    std::size_t size_ = 0;
};

struct Prefix {
    std::int64_t key_id = 0;
    std::size_t size = 0;
};

Prefix read_prefix(std::string_view sealed) {
    std::uint64_t id = 0;
    for (std::size_t at = 0; at < sealed.size() && at < kLongestId; ++at) {
        const auto byte = static_cast<unsigned char>(sealed[at]);
        id |= static_cast<std::uint64_t>(byte & 0x7f) << (7 * at);
        if ((byte & 0x80) == 0) return {static_cast<std::int64_t>(id), at + 1};
    }
    throw Damaged("a sealed value names no key");
}

std::size_t write_prefix(std::int64_t key_id, char* out) {
    auto rest = static_cast<std::uint64_t>(key_id);
    std::size_t size = 0;
    while (rest >= 0x80) {
        out[size++] = static_cast<char>(rest | 0x80);
        rest >>= 7;
    }
    out[size++] = static_cast<char>(rest);
    return size;
}

}  // namespace

Sealer::Sealer(const Key& key, core::Random& random) {
    static_assert(kDrawn == crypto_core_hchacha20_INPUTBYTES && Key::kSize == crypto_core_hchacha20_OUTPUTBYTES);
    random.fill(drawn_);
    crypto_core_hchacha20(derived_.data(), reinterpret_cast<const unsigned char*>(drawn_.data()), key.data(), nullptr);
}

std::string Sealer::seal(std::int64_t key_id, const Place& place, std::string_view plain) {
    std::array<char, kLongestId> prefix{};
    const std::size_t prefix_size = write_prefix(key_id, prefix.data());
    std::string sealed(prefix_size + kNonceSize + plain.size() + kTag, '\0');
    std::copy_n(prefix.data(), prefix_size, sealed.data());

    // What XChaCha20 hands on to ChaCha20 behind four zeros.
    std::array<unsigned char, crypto_aead_chacha20poly1305_ietf_NPUBBYTES> rest{};
    static_assert(rest.size() == 4 + sizeof sealed_ && kDrawn + sizeof sealed_ == kNonceSize);
    std::memcpy(rest.data() + 4, &++sealed_, sizeof sealed_);
    auto* nonce = reinterpret_cast<unsigned char*>(sealed.data()) + prefix_size;
    std::memcpy(nonce, drawn_.data(), kDrawn);
    std::memcpy(nonce + kDrawn, rest.data() + 4, sizeof sealed_);
    const Binding binding{place, key_id};
    crypto_aead_chacha20poly1305_ietf_encrypt(nonce + kNonceSize, nullptr,
                                              reinterpret_cast<const unsigned char*>(plain.data()), plain.size(),
                                              binding.data(), binding.size(), nullptr, rest.data(), derived_.data());
    return sealed;
}

std::int64_t key_id_of(std::string_view sealed) {
    return read_prefix(sealed).key_id;
}

std::string open(const Key& key, const Place& place, std::string_view sealed) {
    const auto prefix = read_prefix(sealed);
    if (sealed.size() < prefix.size + Sealer::kNonceSize + kTag) throw Damaged("a sealed value is cut short");

    const auto* nonce = reinterpret_cast<const unsigned char*>(sealed.data()) + prefix.size;
    const std::size_t body = sealed.size() - prefix.size - Sealer::kNonceSize;
    const Binding binding{place, prefix.key_id};
    std::string plain(body - kTag, '\0');
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(reinterpret_cast<unsigned char*>(plain.data()), nullptr, nullptr,
                                                   nonce + Sealer::kNonceSize, body, binding.data(), binding.size(),
                                                   nonce, key.data()) != 0)
        throw Damaged("a sealed value does not open: the database is damaged or the key is wrong");
    return plain;
}

}  // namespace harborline::storage::sealing
