#include "storage/sealing/key_backup.hpp"

#include <sodium.h>

#include <array>
#include <optional>
#include <span>
#include <sstream>

namespace harborline::storage::sealing {
namespace {

constexpr std::string_view kTitle = "Harborline master key backup, version ";
constexpr int kVersion = 1;
constexpr std::string_view kHowTo =
    ". Only its passphrase opens it. To put the key back: harborline key restore THIS-FILE";

/// Beyond these a file is not ours, and would only use up the machine.
constexpr unsigned long long kMostPasses = 100;
constexpr unsigned long long kMostMemory = 4ULL << 30;

constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kSealed = kNonce + Key::kSize + crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t kCheck = 8;
using Salt = std::array<unsigned char, crypto_pwhash_SALTBYTES>;
using Sealed = std::array<unsigned char, kSealed>;

struct Locked {
    GuessCost cost{};
    Salt salt{};
    Sealed sealed{};
};

core::Error no_backup(core::ErrorKind kind, std::string_view what) {
    return {kind, std::string{what}};
}

template <std::size_t size>
std::string base64(const std::array<unsigned char, size>& bytes) {
    std::string text(sodium_base64_encoded_len(size, sodium_base64_VARIANT_ORIGINAL), '\0');
    sodium_bin2base64(text.data(), text.size(), bytes.data(), size, sodium_base64_VARIANT_ORIGINAL);
    text.pop_back();  // Its closing zero.
    return text;
}

template <std::size_t size>
bool read_base64(std::string_view text, std::array<unsigned char, size>& bytes) {
    std::size_t length = 0;
    return sodium_base642bin(bytes.data(), size, text.data(), text.size(), nullptr, &length, nullptr,
                             sodium_base64_VARIANT_ORIGINAL) == 0 &&
           length == size;
}

/// Version and cost, in the one form that is also the associated data.
std::string terms_of(const GuessCost& cost) {
    return "argon2id " + std::to_string(cost.passes) + " " + std::to_string(cost.memory_bytes);
}

std::string binding_of(const GuessCost& cost) {
    return std::string{kTitle} + std::to_string(kVersion) + " " + terms_of(cost);
}

std::string check_of(const Locked& locked) {
    const auto all = binding_of(locked.cost) + base64(locked.salt) + base64(locked.sealed);
    std::array<unsigned char, crypto_generichash_BYTES_MIN> digest{};
    crypto_generichash(digest.data(), digest.size(), reinterpret_cast<const unsigned char*>(all.data()), all.size(),
                       nullptr, 0);
    std::string hex(2 * kCheck + 1, '\0');
    sodium_bin2hex(hex.data(), hex.size(), digest.data(), kCheck);
    hex.pop_back();
    return hex;
}

std::string to_text(const Locked& locked) {
    std::string text{kTitle};
    text.append(std::to_string(kVersion)).append(kHowTo).append("\n");
    text.append("kdf ").append(terms_of(locked.cost)).append("\n");
    text.append("salt ").append(base64(locked.salt)).append("\n");
    text.append("sealed ").append(base64(locked.sealed)).append("\n");
    text.append("check ").append(check_of(locked)).append("\n");
    return text;
}

/// The words of a line behind its label; nothing where another line stands there.
std::optional<std::string> next_line(std::istringstream& lines, std::string_view label) {
    std::string line;
    std::getline(lines, line);
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    if (line.size() <= label.size() || !line.starts_with(label)) return std::nullopt;
    return line.substr(label.size());
}

bool read_terms(const std::string& words, GuessCost& cost) {
    std::istringstream from{words};
    std::string algorithm;
    if (!(from >> algorithm >> cost.passes >> cost.memory_bytes) || algorithm != "argon2id") return false;
    return cost.passes >= crypto_pwhash_OPSLIMIT_MIN && cost.passes <= kMostPasses &&
           cost.memory_bytes >= crypto_pwhash_MEMLIMIT_MIN && cost.memory_bytes <= kMostMemory;
}

core::Result<Locked> from_text(std::string_view backup) {
    std::istringstream lines{std::string{backup}};
    const auto title = next_line(lines, kTitle);
    if (!title) return no_backup(core::ErrorKind::kMalformed, "is no backup of a master key: name another file.");
    if (!title->starts_with(std::to_string(kVersion) + "."))
        return no_backup(core::ErrorKind::kConflict, "was made by a newer program: use that one to put the key back.");
    const auto terms = next_line(lines, "kdf ");
    const auto salt = next_line(lines, "salt ");
    const auto sealed = next_line(lines, "sealed ");
    const auto check = next_line(lines, "check ");
    if (!check || check->size() < 2 * kCheck)
        return no_backup(core::ErrorKind::kMalformed, "is cut short: use another copy of it.");
    Locked locked;
    if (!terms || !read_terms(*terms, locked.cost) || !salt || !read_base64(*salt, locked.salt) || !sealed ||
        !read_base64(*sealed, locked.sealed) || *check != check_of(locked))
        return no_backup(core::ErrorKind::kMalformed, "is damaged: use another copy of it.");
    return locked;
}

core::Result<Key> key_from(const core::Secret& passphrase, const Locked& locked) {
    Key key;
    if (crypto_pwhash(key.data(), Key::kSize, passphrase.reveal().data(), passphrase.reveal().size(),
                      locked.salt.data(), locked.cost.passes, locked.cost.memory_bytes,
                      crypto_pwhash_ALG_ARGON2ID13) != 0)
        return no_backup(core::ErrorKind::kUnavailable,
                         "needs " + std::to_string(locked.cost.memory_bytes >> 20) +
                             " MB of memory for its passphrase: free some and try again.");
    return key;
}

}  // namespace

core::Result<std::string> lock_key(const Key& key, const core::Secret& passphrase, core::Random& random,
                                   GuessCost cost) {
    Locked locked{.cost = cost};
    random.fill(std::as_writable_bytes(std::span{locked.salt}));
    random.fill(std::as_writable_bytes(std::span{locked.sealed}.first<kNonce>()));
    const auto lock = key_from(passphrase, locked);
    if (!lock) return lock.error();

    const auto binding = binding_of(cost);
    crypto_aead_xchacha20poly1305_ietf_encrypt(locked.sealed.data() + kNonce, nullptr, key.data(), Key::kSize,
                                               reinterpret_cast<const unsigned char*>(binding.data()), binding.size(),
                                               nullptr, locked.sealed.data(), lock->data());
    return to_text(locked);
}

core::Result<Key> unlock_key(std::string_view backup, const core::Secret& passphrase) {
    const auto locked = from_text(backup);
    if (!locked) return locked.error();
    const auto lock = key_from(passphrase, *locked);
    if (!lock) return lock.error();

    Key key;
    const auto binding = binding_of(locked->cost);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(key.data(), nullptr, nullptr, locked->sealed.data() + kNonce,
                                                   kSealed - kNonce,
                                                   reinterpret_cast<const unsigned char*>(binding.data()),
                                                   binding.size(), locked->sealed.data(), lock->data()) != 0)
        return no_backup(core::ErrorKind::kUnauthorized,
                         "does not open with this passphrase: try again; capitals and spaces count.");
    return key;
}

}  // namespace harborline::storage::sealing
