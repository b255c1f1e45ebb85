#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "storage/sqlite/conversations.hpp"
#include "storage/sqlite/repeat_log.hpp"
#include "storage/sqlite/turn_tail.hpp"

namespace harborline::storage::sqlite {

/// Keeps short what a start has to read back. A long tail of turns becomes a run; the states of several runs are
/// brought into their conversations' rows, in order of their keys and only the newest of each, spread over many groups,
/// so that none is held up. What a crash interrupts is begun anew.
class Fold {
  public:
    Fold(TurnTail& tail, SqliteConversations& conversations, RepeatLog& repeats)
        : tail_(tail), conversations_(conversations), repeats_(repeats) {}

    /// From now on a tail of so many turns becomes a run.
    void start(std::size_t after_turns) { after_turns_ = after_turns; }

    /// A few more rows than there were turns since the last call; inside a group's transaction, before its pieces.
    void some();
    /// The group is committed, and what it added not yet published; or undone. What can not be kept in memory ends the
    /// program: nobody may be told that nothing was written.
    void publish() noexcept;
    void undo();
    /// The runs are no longer those that were in memory.
    void start_over();

  private:
    /// So many runs are folded together: the more there are, the more states need never be written.
    static constexpr std::size_t kRuns = 8;

    void fold_states(std::size_t rows);
    /// The next handset in the runs and the turn that carries its newest state there. False at their end.
    bool take_next(std::int64_t& handset, std::int64_t& turn);

    TurnTail& tail_;
    SqliteConversations& conversations_;
    RepeatLog& repeats_;
    std::size_t after_turns_ = 0;  ///< 0: nothing is folded here.
    std::int64_t seen_ = 0;        ///< The newest turn at the last call.
    bool run_written_ = false;
    std::vector<std::size_t> cursors_{};  ///< Into the runs that are being folded, the oldest ones; empty: none are.
    std::vector<std::size_t> committed_cursors_{};
    bool states_written_ = false;
};

}  // namespace harborline::storage::sqlite
