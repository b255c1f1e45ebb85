#pragma once
#include <vector>

#include "storage/sqlite/context.hpp"
#include "storage/sqlite/repeat_run.hpp"
#include "storage/sqlite/repeat_table.hpp"
#include "storage/sqlite/turn_tail.hpp"

namespace harborline::storage::sqlite {

/// By which turn a message was taken before, over the days in which carriers repeat themselves: the table in memory,
/// and behind it the tail of turns and the stored runs, from which it comes back after a restart.
class RepeatLog {
  public:
    /// How long carriers repeat themselves.
    static constexpr std::chrono::hours kWindow{72};

    RepeatLog(Context& context, TurnTail& tail) : context_(context), tail_(tail) {}
    /// How many of the newest stay, whatever their age.
    void keep_at_least(std::int64_t repeats) { kept_ = repeats; }

    /// Turns that may have taken a message with this hash, newest last.
    std::vector<RepeatTable::TurnId> find(RepeatTable::Hash hash);
    /// An entry of the running group.
    void add(const TurnTail::Entry& entry);
    /// Takes out entries of the running group.
    void undo(std::span<const TurnTail::Entry> entries);
    /// The running group's entries stay.
    void publish();

    /// Reads the window back. Otherwise done at the first `find`: a command that takes no turns need not wait for it.
    void load();
    /// Takes in what another process has added to the tail.
    void catch_up();
    /// Takes a part of what was read at the start into the table: the first messages need not wait for all of it.
    void settle();

    /// Stores the hashes of these entries as one run, and drops runs that have left the window.
    void fold(std::span<const TurnTail::Entry> entries);

  private:
    void trim();
    void take_in(std::span<const TurnTail::Entry> entries);

    Context& context_;
    TurnTail& tail_;
    RepeatTable table_{};
    std::vector<RepeatRun> unsettled_{};
    std::int64_t kept_ = 0;
    bool loaded_ = false;
    RepeatTable::TurnId last_ = 0;    ///< The newest committed turn that the table knows of.
    RepeatTable::TurnId folded_ = 0;  ///< The newest turn that the runs know of.

    static constexpr auto kAll = R"sql(SELECT first_turn, hashes FROM repeat_run ORDER BY first_turn)sql";
    static constexpr auto kAdd = R"sql(INSERT INTO repeat_run (first_turn, folded_at, hashes) VALUES (?, ?, ?))sql";
    // One that a later run of turns old enough follows: all of it is old enough.
    static constexpr auto kOldest = R"sql(
        SELECT first_turn, hashes FROM repeat_run AS run WHERE folded_at < ?
            AND EXISTS (SELECT 1 FROM repeat_run WHERE first_turn > run.first_turn AND first_turn <= ?)
        ORDER BY first_turn LIMIT ?)sql";
    static constexpr auto kDrop = R"sql(DELETE FROM repeat_run WHERE first_turn = ?)sql";
    Sql all_{context_.db, kAll};
    Sql add_{context_.db, kAdd};
    Sql oldest_{context_.db, kOldest};
    Sql drop_{context_.db, kDrop};
};

}  // namespace harborline::storage::sqlite
