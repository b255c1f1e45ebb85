#pragma once
#include <cstdint>
#include <map>
#include <vector>

#include "gateway/commands/command.hpp"

namespace harborline::gateway {

/// What lies in quarantine, as the turns tell it one after the other: one held a text back, a later one took it after
/// all.
class Quarantine {
  public:
    /// Read without a lock that the service would wait for.
    explicit Quarantine(CommandGround& ground);

    /// Oldest first, by their numbers.
    const std::map<std::int64_t, storage::Turn>& held() const { return held_; }

    /// The one of this number, unless somebody else has released it by now; with what has come since taken in. Valid
    /// until the next call.
    const storage::Turn* find(storage::Transaction& tx, std::int64_t number);

  private:
    void read(const std::vector<storage::Turn>& turns);

    core::TurnId last_{};
    std::map<std::int64_t, storage::Turn> held_{};
};

}  // namespace harborline::gateway
