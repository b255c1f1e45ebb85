#pragma once
#include "storage/sqlite/context.hpp"
#include "storage/sqlite/repeat_table.hpp"

namespace harborline::storage::sqlite {

/// The table in memory and the appended rows behind it, from which it comes back after a restart.
class RepeatLog {
  public:
    /// How long carriers repeat themselves.
    static constexpr std::chrono::hours kWindow{72};

    explicit RepeatLog(Context& context) : context_(context) {}
    /// How many of the newest stay, whatever their age.
    void keep_at_least(std::int64_t repeats) { kept_ = repeats; }

    std::vector<RepeatTable::TurnId> find(RepeatTable::Hash hash);
    void add(RepeatTable::Hash hash, RepeatTable::TurnId turn, core::Instant at);

    /// Reads the window back. Otherwise done at the first `find`: a command that takes no turns need not wait for it.
    void load();
    /// Takes in what another process has added.
    void catch_up();
    /// Drops some rows that have left the window: a few more than a group of `pieces` adds.
    void trim(std::size_t pieces);

    std::size_t mark() const { return table_.mark(); }
    void undo(std::size_t mark) { table_.undo(mark); }
    void publish();

  private:
    std::int64_t window_start() const { return core::to_millis(context_.now - kWindow); }

    Context& context_;
    RepeatTable table_{};
    std::int64_t kept_ = 0;
    bool loaded_ = false;
    RepeatTable::TurnId last_ = 0;        ///< The newest turn that the table knows of.
    RepeatTable::TurnId last_added_ = 0;  ///< The newest of the running group.
    core::Instant next_trim_{};

    static constexpr auto kAfter = R"sql(
        SELECT turn_id, hash FROM repeat WHERE turn_id > ? AND (at >= ? OR turn_id > ?))sql";
    static constexpr auto kNewest = R"sql(SELECT max(turn_id) FROM repeat)sql";
    static constexpr auto kAdd = R"sql(INSERT INTO repeat (turn_id, hash, at) VALUES (?, ?, ?))sql";
    static constexpr auto kOldest = R"sql(
        SELECT turn_id, hash, at FROM repeat ORDER BY turn_id LIMIT ?)sql";
    static constexpr auto kDrop = R"sql(DELETE FROM repeat WHERE turn_id <= ?)sql";
    Sql after_{context_.db, kAfter};
    Sql newest_{context_.db, kNewest};
    Sql add_{context_.db, kAdd};
    Sql oldest_{context_.db, kOldest};
    Sql drop_{context_.db, kDrop};
};

}  // namespace harborline::storage::sqlite
