#include "storage/sqlite/repeat_table.hpp"

#include <algorithm>
#include <utility>

namespace harborline::storage::sqlite {

std::vector<RepeatTable::TurnId> RepeatTable::find(Hash hash) const {
    std::vector<TurnId> turns;
    for (std::size_t at = home(hash); slots_[at].turn != 0; at = next(at))
        if (slots_[at].hash == hash) turns.push_back(slots_[at].turn);
    // At most one group long, and side by side in memory: looking through it is cheaper than keeping it in order.
    for (std::size_t at = 0; at < pending_hashes_.size(); ++at)
        if (pending_hashes_[at] == hash) turns.push_back(pending_turns_[at]);
    std::sort(turns.begin(), turns.end());
    return turns;
}

void RepeatTable::add(Hash hash, TurnId turn) {
    pending_hashes_.push_back(hash);
    pending_turns_.push_back(turn);
}

void RepeatTable::undo(std::size_t mark) {
    pending_hashes_.resize(mark);
    pending_turns_.resize(mark);
}

void RepeatTable::publish() {
    for (std::size_t at = 0; at < pending_hashes_.size(); ++at) insert(pending_hashes_[at], pending_turns_[at]);
    undo(0);
}

void RepeatTable::insert(Hash hash, TurnId turn) {
    if (2 * (size_ + 1) > slots_.size()) grow();
    std::size_t at = home(hash);
    while (slots_[at].turn != 0) at = next(at);
    slots_[at] = {hash, turn};
    ++size_;
}

void RepeatTable::grow() {
    auto old = std::exchange(slots_, std::vector<Slot>(slots_.size() * 2));
    size_ = 0;
    for (const Slot& slot : old)
        if (slot.turn != 0) insert(slot.hash, slot.turn);
}

void RepeatTable::remove(Hash hash, TurnId turn) {
    std::size_t hole = home(hash);
    while (slots_[hole].turn != 0 && slots_[hole].turn != turn) hole = next(hole);
    if (slots_[hole].turn == 0) return;

    // Moves later members of the run into the hole where they may stand there, so that no tombstones pile up.
    for (std::size_t at = next(hole); slots_[at].turn != 0; at = next(at)) {
        const std::size_t mask = slots_.size() - 1;
        const std::size_t distance_from_home = (at - home(slots_[at].hash)) & mask;
        const std::size_t distance_from_hole = (at - hole) & mask;
        if (distance_from_home >= distance_from_hole) {
            slots_[hole] = slots_[at];
            hole = at;
        }
    }
    slots_[hole] = Slot{};
    --size_;
}

}  // namespace harborline::storage::sqlite
