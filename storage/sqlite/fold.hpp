#pragma once
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "storage/sqlite/conversations.hpp"
#include "storage/sqlite/repeat_log.hpp"
#include "storage/sqlite/turn_tail.hpp"

namespace harborline::storage::sqlite {

/// Shortens the tail of turns: brings the newest states into their conversations' rows, in order of their keys, and
/// the hashes into a run. Spread over many groups, so that none is held up; what a crash interrupts is begun anew.
class Fold {
  public:
    Fold(TurnTail& tail, SqliteConversations& conversations, RepeatLog& repeats)
        : tail_(tail), conversations_(conversations), repeats_(repeats) {}

    /// From now on a tail of so many turns is folded.
    void start(std::size_t after_turns) { after_turns_ = after_turns; }

    /// A few more rows than there were turns since the last call; inside a group's transaction, before its pieces.
    void some();
    /// The group is committed, or undone.
    void publish();
    void undo() { under_way_ = {}; }

  private:
    void begin();
    void end();

    TurnTail& tail_;
    SqliteConversations& conversations_;
    RepeatLog& repeats_;
    std::size_t after_turns_ = 0;  ///< 0: nothing is folded here.
    std::int64_t seen_ = 0;        ///< The newest turn at the last call.
    struct UnderWay {
        std::int64_t up_to = 0;                                       ///< The last turn of this fold; 0: there is none.
        std::vector<std::pair<std::int64_t, std::int64_t>> states{};  ///< Handset and the turn that carries its state.
        std::size_t next = 0;
        bool ended = false;
    } under_way_{};
};

}  // namespace harborline::storage::sqlite
