#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "handlers/core/random.hpp"
#include "storage/sealing/key.hpp"
#include "storage/sealing/sealer.hpp"

namespace harborline::storage::sealing {

/// What a data key is for. Stored: never renumber.
enum class KeyPurpose : std::uint8_t {
    kCheck = 0,     ///< Opens only under the right master key; seals nothing.
    kHandset = 1,   ///< Keys of handsets' numbers. Never rotated.
    kSecrets = 2,   ///< What other secrets derive from. Never rotated.
    kIdentity = 3,  ///< Handsets' numbers, staff.
    kPeriod = 4,    ///< All that belongs to no case; subject: month since year 0.
    kCase = 5,      ///< All that belongs to one; subject: the case.
};

struct KeyScope {
    KeyPurpose purpose = KeyPurpose::kPeriod;
    std::int64_t subject = 0;
};

/// Where wrapped keys are kept.
class KeyShelf {
  public:
    struct Wrapped {
        std::int64_t id = 0;
        KeyScope scope{};
        std::string key{};
    };
    virtual ~KeyShelf() = default;
    virtual std::optional<Wrapped> find(KeyScope scope) = 0;
    virtual std::optional<Wrapped> find(std::int64_t id) = 0;
    virtual std::int64_t next_id() = 0;
    virtual void add(const Wrapped& wrapped) = 0;
};

/// Data keys, made when first needed, kept wrapped under the master key on a shelf and open in memory. Belongs to one
/// thread.
class KeyRing {
  public:
    KeyRing(const Key& master, KeyShelf& shelf, core::Random& random);

    std::string seal(KeyScope scope, const Place& place, std::string_view plain);
    /// Throws Damaged.
    std::string open(const Place& place, std::string_view sealed);

    /// The key of a scope, made when there is none.
    const Key& key(KeyScope scope);
    /// False when the master key is not the one that this shelf's check key was wrapped under; nothing where the
    /// shelf is empty.
    std::optional<bool> fits_shelf();

    /// Drops what is open in memory: after a rollback or another process's commit it may not be what is stored.
    void forget();

  private:
    struct Open {
        std::int64_t id = 0;
        Key key{};
        std::optional<Sealer> sealer{};  ///< Made for the first seal.
    };
    Open& of(KeyScope scope);
    Sealer& sealer_of(Open& under);
    const Key& by_id(std::int64_t id);
    Key unwrap(const KeyShelf::Wrapped& wrapped) const;
    Open& make(KeyScope scope);
    Open& keep(KeyScope scope, std::int64_t id, const Key& key);

    Open master_;
    KeyShelf& shelf_;
    core::Random& random_;
    std::unordered_map<std::uint64_t, Open> by_scope_{};
    std::unordered_map<std::int64_t, const Open*> by_id_{};  ///< Into by_scope_.
};

}  // namespace harborline::storage::sealing
