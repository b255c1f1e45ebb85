#pragma once
#include <optional>
#include <vector>

#include "handlers/core/family.hpp"
#include "handlers/core/ids.hpp"

namespace harborline::storage {

/// Words of relatives on their way (I7), each sealed under the key of the day on which it was written. Those keys lie
/// in files beside the master key, in no database and no backup, and die 72 h after their day began (UTC): whoever has
/// the whole database and the master key then opens nothing. A store that is opened only to read has no keys, and no
/// letter comes back from a backup.
class Letters {
  public:
    virtual ~Letters() = default;

    /// Throws Unavailable where the key of that day is not durable: nothing is taken that could not be kept so.
    virtual core::LetterId add(const core::Letter& letter) = 0;
    /// Nothing where it is gone; without its words where its key is.
    virtual std::optional<core::Letter> find(core::LetterId id) = 0;
    virtual std::optional<core::Letter> of_outbox(core::OutboxId id) = 0;
    /// To a child, along a tie, and not in the outbox: what it has not heard yet, oldest first.
    virtual std::vector<core::Letter> waiting(core::TieId tie) = 0;
    virtual void erase(core::LetterId id) = 0;
    /// Without words: whose key has died, or dies before `now`.
    virtual std::vector<core::Letter> overdue(core::Instant now, int limit) = 0;
};

}  // namespace harborline::storage
