#include "storage/sqlite/repeat_table.hpp"

#include <utility>

namespace harborline::storage::sqlite {

std::size_t RepeatTable::size() const {
    std::size_t sum = 0;
    for (const auto& shard : shards_) sum += shard.size();
    return sum;
}

void RepeatTable::Shard::find(Hash hash, std::vector<TurnId>& turns) const {
    for (std::size_t at = home(hash); slots_[at].turn != 0; at = next(at))
        if (slots_[at].hash == hash) turns.push_back(slots_[at].turn);
}

void RepeatTable::Shard::insert(Hash hash, TurnId turn) {
    if (2 * (size_ + 1) > slots_.size()) grow();
    std::size_t at = home(hash);
    while (slots_[at].turn != 0) at = next(at);
    slots_[at] = {hash, turn};
    ++size_;
}

void RepeatTable::Shard::grow() {
    auto old = std::exchange(slots_, std::vector<Slot>(slots_.size() * 2));
    size_ = 0;
    for (const Slot& slot : old)
        if (slot.turn != 0) insert(slot.hash, slot.turn);
}

void RepeatTable::Shard::remove(Hash hash, TurnId turn) {
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
