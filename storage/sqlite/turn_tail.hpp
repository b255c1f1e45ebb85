#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "handlers/core/ids.hpp"
#include "storage/sqlite/context.hpp"

namespace harborline::storage::sqlite {

/// The turns that are not folded yet: which of them carries the newest state of a handset, and by which hashes their
/// repeats are known. In memory; comes back after a restart by reading those few thousand rows. What the running group
/// adds is visible to it at once and stays when its COMMIT has returned.
class TurnTail {
  public:
    struct Entry {
        std::int64_t turn = 0;
        std::int64_t handset = 0;  ///< 0: carries no state.
        std::uint64_t hash = 0;    ///< 0: no repeat of it can be known.
    };

    explicit TurnTail(Context& context) : context_(context) {}

    /// The id of the turn that is about to be appended, and of the last that was.
    std::int64_t next_turn() { return next_id_.take(); }
    std::int64_t last_turn() { return next_id_.last(); }

    void add(const Entry& entry) { pending_.push_back(entry); }
    /// The turn that carries this handset's newest state, where a turn of the tail does.
    std::optional<std::int64_t> newest_state(core::HandsetId handset);

    /// Reads the tail where that was not done yet. A command that takes no turns need not wait for it.
    void load();
    /// Takes in what other processes have added.
    void catch_up();

    /// Committed ones in order of arrival, all later than `folded`. Empty until loaded.
    std::span<const Entry> entries() const { return entries_; }
    std::int64_t folded() const { return folded_; }
    /// The newest committed turn that is in memory.
    std::int64_t last_committed() const { return last_; }
    /// Newest state of each handset among the entries: handset, turn.
    const std::unordered_map<std::int64_t, std::int64_t>& states() const { return newest_; }

    /// Writes that everything up to this turn is folded; `forget_folded` follows when that is committed.
    void write_folded(std::int64_t turn);
    void forget_folded(std::int64_t turn);

    /// Those of the running group, in order of arrival.
    std::span<const Entry> pending() const { return pending_; }
    /// Keeps the first `count` of them only.
    void undo(std::size_t count) { pending_.resize(count); }
    void publish();

  private:
    void keep(const Entry& entry);

    Context& context_;
    bool loaded_ = false;
    std::int64_t folded_ = 0;
    std::int64_t last_ = 0;  ///< The newest turn that `entries_` knows of.
    std::vector<Entry> entries_{};
    std::vector<Entry> pending_{};
    std::unordered_map<std::int64_t, std::int64_t> newest_{};

    static constexpr auto kReadFolded = R"sql(SELECT value FROM counter WHERE name = 'folded_turn')sql";
    static constexpr auto kWriteFolded = R"sql(UPDATE counter SET value = ? WHERE name = 'folded_turn')sql";
    static constexpr auto kAfter = R"sql(
        SELECT id, handset, has_state, repeat_hash FROM turn WHERE id > ? ORDER BY id)sql";
    NextId next_id_{context_, "SELECT max(id) FROM turn"};
    Sql read_folded_{context_.db, kReadFolded};
    Sql write_folded_{context_.db, kWriteFolded};
    Sql after_{context_.db, kAfter};
};

}  // namespace harborline::storage::sqlite
