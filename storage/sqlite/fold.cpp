#include "storage/sqlite/fold.hpp"

#include <optional>
#include <utility>

namespace harborline::storage::sqlite {

void Fold::some() {
    const auto last = tail_.last_committed();
    const auto arrived = static_cast<std::size_t>(last - std::exchange(seen_, last));
    if (after_turns_ == 0) return;
    if (tail_.entries().size() >= after_turns_) {
        repeats_.write_run();
        tail_.write_run();
        run_written_ = true;
    }
    if (cursors_.empty() && tail_.runs().size() >= kRuns) cursors_.assign(tail_.runs().size(), 0);
    if (!cursors_.empty()) fold_states(2 * arrived + 16);
}

void Fold::fold_states(std::size_t rows) {
    std::int64_t handset = 0;
    std::int64_t turn = 0;
    for (; rows > 0; --rows) {
        if (!take_next(handset, turn)) {
            tail_.write_folded(tail_.runs()[cursors_.size() - 1].last_turn);
            states_written_ = true;
            return;
        }
        try {
            conversations_.fold({handset}, turn);
        } catch (const sealing::Damaged&) {
            // One row that can not be read must not stop everybody. She goes on from what her own row says, or begins
            // anew; `harborline verify` tells of it.
        }
    }
}

bool Fold::take_next(std::int64_t& handset, std::int64_t& turn) {
    const auto& runs = tail_.runs();
    std::optional<std::uint64_t> first;
    for (std::size_t run = 0; run < cursors_.size(); ++run) {
        const auto& states = runs[run].states;
        if (cursors_[run] < states.size() && (!first || states.key(cursors_[run]) < *first))
            first = states.key(cursors_[run]);
    }
    if (!first) return false;
    handset = static_cast<std::int64_t>(*first);
    for (std::size_t run = 0; run < cursors_.size(); ++run) {
        const auto& states = runs[run].states;
        if (cursors_[run] == states.size() || states.key(cursors_[run]) != *first) continue;
        turn = states.turn(cursors_[run]);  // Of several the last, which is the newest.
        ++cursors_[run];
    }
    return true;
}

void Fold::publish() noexcept {
    if (std::exchange(run_written_, false)) tail_.keep_run();
    if (std::exchange(states_written_, false)) {
        tail_.forget_folded(tail_.runs()[cursors_.size() - 1].last_turn);
        cursors_.clear();
    }
    committed_cursors_ = cursors_;
}

void Fold::undo() {
    run_written_ = false;
    states_written_ = false;
    cursors_ = committed_cursors_;
}

void Fold::start_over() {
    committed_cursors_.clear();
    undo();
}

}  // namespace harborline::storage::sqlite
