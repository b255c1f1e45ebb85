#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "handlers/core/ids.hpp"
#include "storage/sqlite/append.hpp"
#include "storage/sqlite/context.hpp"
#include "storage/sqlite/turn_index.hpp"

namespace harborline::storage::sqlite {

/// The turns that carry what stands nowhere else yet. The newest ones are the tail: which of them carries the newest
/// state of a handset, and by which hashes their repeats are known; a few thousand, in memory, read back row by row
/// after a restart. Before them come runs, read back whole, until their states are folded into the conversations.
/// What the running group adds is visible to it at once and stays when its COMMIT has returned.
class TurnTail {
  public:
    struct Entry {
        std::int64_t turn = 0;
        std::int64_t handset = 0;  ///< 0: carries no state.
        std::uint64_t hash = 0;    ///< 0: no repeat of it can be known.
    };
    struct Run {
        std::int64_t last_turn = 0;
        TurnIndex states;  ///< By handset.
    };

    using Rows = Append<core::TurnId, core::Instant, std::int64_t, core::HandsetId, core::ConversationId, bool,
                        std::uint64_t, SealedLater>;

    explicit TurnTail(Context& context) : context_(context) {}

    /// Of the table of turns: what reads it names these as its `first`.
    Rows& rows() { return rows_; }

    /// The id of the turn that is about to be appended, and of the last that was.
    std::int64_t next_turn() { return next_id_.take(); }
    std::int64_t last_turn() { return next_id_.last(); }

    void add(const Entry& entry) { pending_.push_back(entry); }
    /// The turn that carries this handset's newest state, where that is not folded yet.
    std::optional<std::int64_t> newest_state(core::HandsetId handset);

    /// Reads tail and runs where that was not done yet. A command that takes no turns need not wait for it.
    void load();
    /// Takes in what other processes have added. False where all of it had to be read anew.
    bool catch_up();

    /// Committed ones in order of arrival, all later than every run. Empty until loaded.
    std::span<const Entry> entries() const { return entries_; }
    /// The last turn that is in a run, and the newest committed one that is in memory.
    std::int64_t last_in_run() const { return last_in_run_; }
    std::int64_t last_committed() const { return last_; }
    /// Oldest first; their states are not folded.
    const std::deque<Run>& runs() const { return runs_; }

    /// Makes a run of all entries. `keep_run` follows when that is committed.
    void write_run();
    void keep_run();
    /// Writes that the states up to this turn, the last of a run, are folded; `forget_folded` follows likewise.
    void write_folded(std::int64_t turn);
    void forget_folded(std::int64_t turn);

    /// Those of the running group, in order of arrival.
    std::span<const Entry> pending() const { return pending_; }
    /// Keeps the first `count` of them only.
    void undo(std::size_t count) { pending_.resize(count); }
    /// What can not be kept in memory ends the program, as in Fold.
    void publish() noexcept;

  private:
    void take_in_new();
    void keep(const Entry& entry);
    /// The tail's states, sorted by handset.
    std::vector<TurnIndex::Entry> tail_states() const;

    Context& context_;
    bool loaded_ = false;
    std::int64_t folded_ = 0;
    std::int64_t last_in_run_ = 0;
    std::int64_t last_ = 0;
    std::vector<Entry> entries_{};
    std::vector<Entry> pending_{};
    std::unordered_map<std::int64_t, std::int64_t> newest_{};  ///< Of the tail: handset, turn.
    std::deque<Run> runs_{};
    std::optional<Run> written_{};

    static constexpr auto kReadFolded = R"sql(SELECT value FROM counter WHERE name = 'folded_turn')sql";
    static constexpr auto kWriteFolded = R"sql(UPDATE counter SET value = ? WHERE name = 'folded_turn')sql";
    static constexpr auto kLastInRun = R"sql(SELECT last_turn FROM turn_run ORDER BY first_turn DESC LIMIT 1)sql";
    static constexpr auto kRuns = R"sql(
        SELECT first_turn, last_turn, states FROM turn_run WHERE first_turn > ? ORDER BY first_turn)sql";
    static constexpr auto kAddRun = R"sql(
        INSERT INTO turn_run (first_turn, last_turn, made_at, states) VALUES (?, ?, ?, ?))sql";
    static constexpr auto kAfter = R"sql(
        SELECT id, handset, has_state, repeat_hash FROM turn WHERE id > ? ORDER BY id)sql";
    Rows rows_{context_, "turn (id, received_at, channel, handset, conversation, has_state, repeat_hash, sealed)"};
    NextId next_id_{context_, "SELECT max(id) FROM turn"};
    Sql read_folded_{context_.db, kReadFolded};
    Sql write_folded_{context_.db, kWriteFolded};
    Sql read_last_in_run_{context_.db, kLastInRun};
    Sql read_runs_{context_.db, kRuns};
    Sql add_run_{context_.db, kAddRun};
    Sql after_{context_.db, kAfter};
};

}  // namespace harborline::storage::sqlite
