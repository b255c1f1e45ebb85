#include "storage/sealing/key_ring.hpp"

#include <sodium.h>

#include <span>
#include <utility>

namespace harborline::storage::sealing {
namespace {

/// Keeps the memory of a process that has seen many cases bounded; what is dropped is unwrapped again.
constexpr std::size_t kMostOpen = 4096;

std::uint64_t packed(KeyScope scope) {
    return static_cast<std::uint64_t>(scope.purpose) << 56 |
           (static_cast<std::uint64_t>(scope.subject) & ((1ULL << 56) - 1));
}

/// A wrapped key opens only as what it was made for, so that swapping rows gains nothing.
std::string wrapping_column(KeyScope scope) {
    return "data_key." + std::to_string(static_cast<int>(scope.purpose)) + "." + std::to_string(scope.subject);
}

constexpr std::int64_t kMasterId = 0;

}  // namespace

KeyRing::KeyRing(const Key& master, KeyShelf& shelf, core::Random& random)
    : master_{.id = kMasterId, .key = master}, shelf_(shelf), random_(random) {}

std::string KeyRing::seal(KeyScope scope, const Place& place, std::string_view plain) {
    auto& under = of(scope);
    return sealer_of(under).seal(under.id, place, plain);
}

Sealer& KeyRing::sealer_of(Open& under) {
    if (!under.sealer) under.sealer.emplace(under.key, random_);
    return *under.sealer;
}

std::string KeyRing::open(const Place& place, std::string_view sealed) {
    return sealing::open(by_id(key_id_of(sealed)), place, sealed);
}

const Key& KeyRing::key(KeyScope scope) {
    return of(scope).key;
}

std::optional<bool> KeyRing::fits_shelf() {
    const auto check = shelf_.find(KeyScope{KeyPurpose::kCheck, 0});
    if (!check) return std::nullopt;
    try {
        unwrap(*check);
        return true;
    } catch (const Damaged&) {
        return false;
    }
}

void KeyRing::forget() {
    by_scope_.clear();
    by_id_.clear();
}

KeyRing::Open& KeyRing::of(KeyScope scope) {
    if (const auto found = by_scope_.find(packed(scope)); found != by_scope_.end()) return found->second;

    const auto stored = shelf_.find(scope);
    return stored ? keep(scope, stored->id, unwrap(*stored)) : make(scope);
}

const Key& KeyRing::by_id(std::int64_t id) {
    if (const auto found = by_id_.find(id); found != by_id_.end()) return found->second->key;

    const auto wrapped = shelf_.find(id);
    if (!wrapped) throw Damaged("a sealed value names a key that does not exist any more");
    return keep(wrapped->scope, id, unwrap(*wrapped)).key;
}

KeyRing::Open& KeyRing::keep(KeyScope scope, std::int64_t id, const Key& key) {
    if (by_scope_.size() >= kMostOpen) forget();
    auto& kept = by_scope_[packed(scope)];
    kept.id = id;
    kept.key = key;
    kept.sealer.reset();
    by_id_[id] = &kept;
    return kept;
}

Key KeyRing::unwrap(const KeyShelf::Wrapped& wrapped) const {
    const auto column = wrapping_column(wrapped.scope);
    auto bytes = sealing::open(master_.key, {column, wrapped.id}, wrapped.key);
    if (bytes.size() != Key::kSize) throw Damaged("a data key has the wrong length");

    Key key{std::as_bytes(std::span{bytes}).first<Key::kSize>()};
    sodium_memzero(bytes.data(), bytes.size());
    return key;
}

KeyRing::Open& KeyRing::make(KeyScope scope) {
    Key fresh;
    random_.fill(fresh.writable());
    const auto column = wrapping_column(scope);
    const std::string_view bytes{reinterpret_cast<const char*>(fresh.data()), Key::kSize};

    KeyShelf::Wrapped wrapped{.id = shelf_.next_id(), .scope = scope};
    wrapped.key = sealer_of(master_).seal(kMasterId, {column, wrapped.id}, bytes);
    shelf_.add(wrapped);
    return keep(scope, wrapped.id, fresh);
}

}  // namespace harborline::storage::sealing
