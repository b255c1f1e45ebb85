#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "handlers/core/family.hpp"
#include "handlers/core/ids.hpp"

namespace harborline::storage {

/// Words of relatives on their way (I7), each sealed under the key of the day on which it was written. Those keys lie
/// in files beside the master key, in no database and no backup, and die 72 h after their day began (UTC): whoever has
/// the whole database and the master key then opens nothing. What was spoken is a file (see RecordingVault) whose one
/// key is in its letter, and no row of Recordings names it. A store that is opened only to read has no keys, and no
/// letter comes back from a backup.
class Letters {
  public:
    virtual ~Letters() = default;

    /// Throws Unavailable where the key of that day is not durable: nothing is taken that could not be kept so.
    virtual core::LetterId add(const core::Letter& letter) = 0;
    /// Nothing where it is gone; without its words where its key is.
    virtual std::optional<core::Letter> find(core::LetterId id) = 0;
    virtual std::optional<core::Letter> of_outbox(core::OutboxId id) = 0;
    /// To one side of a tie: what it has not heard yet, oldest first. All that was spoken, and what is not in the
    /// outbox.
    virtual std::vector<core::Letter> waiting(core::TieId tie, bool to_child) = 0;
    /// The file of what was spoken is dropped with it.
    virtual void erase(core::LetterId id) = 0;
    /// Without words: whose key has died, or dies before `now`.
    virtual std::vector<core::Letter> overdue(core::Instant now, int limit) = 0;

    /// How many were taken along a tie, one way, on this local day. Known of the last such day only.
    virtual int taken_on(core::LocalDate day, core::TieId tie, bool to_child) = 0;
    virtual void note_taken(core::LocalDate day, core::TieId tie, bool to_child) = 0;

    /// Words of hers did not arrive, and there is no phone at which she could be told. Which words, and to whom they
    /// were, is not kept.
    virtual void remember_untold(core::PersonId writer, core::Instant at) = 0;
    virtual bool is_untold(core::PersonId writer) = 0;
    virtual void forget_untold(core::PersonId writer) = 0;
    /// All who have not come to be told since.
    virtual void forget_untold_since(core::Instant before) = 0;

    /// Names of the files of all that were spoken.
    virtual std::vector<std::string> recordings() = 0;
    /// The file of something spoken must go, unless a letter takes it afterwards (`add`). Nothing opens it by then.
    virtual void drop_recording(std::string_view name) = 0;
    virtual std::vector<std::string> dropped_recordings(int limit) = 0;
    /// The file of a dropped one is gone.
    virtual void forget_recording(std::string_view name) = 0;
};

}  // namespace harborline::storage
