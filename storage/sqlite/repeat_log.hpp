#pragma once
#include <bitset>
#include <cstdint>
#include <span>
#include <vector>

#include "storage/sqlite/context.hpp"
#include "storage/sqlite/repeat_table.hpp"
#include "storage/sqlite/turn_tail.hpp"

namespace harborline::storage::sqlite {

/// By which turn a message was taken before, over the days in which carriers repeat themselves: the table in memory,
/// and behind it the tail of turns and the stored runs. A start reads none of the runs: whoever looks for a hash first
/// takes in the part of them that could hold it.
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
    void publish() noexcept;

    /// Takes in the tail. Otherwise done at the first `find`: a command that takes no turns need not wait for it.
    void load();
    /// Takes in what another process has added to the tail.
    void catch_up();

    /// Stores the hashes of the tail's entries as a run, before the tail does the same with their states, and drops
    /// runs that have left the window.
    void write_run();

  private:
    static constexpr std::size_t kBuckets = 256;
    static std::size_t bucket_of(RepeatTable::Hash hash) { return hash >> 56; }

    void load_bucket(std::size_t bucket);
    void trim();
    void drop(std::int64_t first_turn);
    void take_in(std::span<const TurnTail::Entry> entries);

    Context& context_;
    TurnTail& tail_;
    RepeatTable table_{};
    std::bitset<kBuckets> in_table_{};  ///< Of the runs that there were when the tail was loaded.
    std::int64_t kept_ = 0;
    bool loaded_ = false;
    std::int64_t loaded_through_ = 0;  ///< The last turn of those runs.
    std::int64_t last_ = 0;            ///< The newest committed turn that the table knows of.
    std::int64_t last_in_run_ = 0;     ///< The tail's, as far as the table knows.

    static constexpr auto kBucket = R"sql(
        SELECT first_turn, hashes FROM repeat_run WHERE bucket = ? AND first_turn <= ?)sql";
    static constexpr auto kOne = R"sql(SELECT hashes FROM repeat_run WHERE bucket = ? AND first_turn = ?)sql";
    static constexpr auto kAdd = R"sql(INSERT INTO repeat_run (bucket, first_turn, hashes) VALUES (?, ?, ?))sql";
    static constexpr auto kDrop = R"sql(DELETE FROM repeat_run WHERE bucket = ? AND first_turn = ?)sql";
    // What carries states that are not folded yet stays in any case.
    static constexpr auto kOldest = R"sql(
        SELECT first_turn FROM turn_run
        WHERE made_at < ? AND last_turn <= ? AND last_turn <= (SELECT value FROM counter WHERE name = 'folded_turn')
        ORDER BY first_turn LIMIT ?)sql";
    static constexpr auto kDropRun = R"sql(DELETE FROM turn_run WHERE first_turn = ?)sql";
    Sql bucket_{context_.db, kBucket};
    Sql one_{context_.db, kOne};
    Sql add_{context_.db, kAdd};
    Sql drop_{context_.db, kDrop};
    Sql oldest_{context_.db, kOldest};
    Sql drop_run_{context_.db, kDropRun};
};

}  // namespace harborline::storage::sqlite
