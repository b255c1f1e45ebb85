#include "storage/sqlite/turn_tail.hpp"

#include <algorithm>

namespace harborline::storage::sqlite {

std::optional<std::int64_t> TurnTail::newest_state(core::HandsetId handset) {
    load();
    for (auto entry = pending_.rbegin(); entry != pending_.rend(); ++entry)
        if (entry->handset == handset.value) return entry->turn;
    const auto found = newest_.find(handset.value);
    return found == newest_.end() ? std::nullopt : std::optional{found->second};
}

void TurnTail::load() {
    if (loaded_) return;
    loaded_ = true;
    entries_.clear();
    newest_.clear();
    last_ = folded_ = read_folded_.integer();
    catch_up();
}

void TurnTail::catch_up() {
    if (!loaded_) return;
    if (read_folded_.integer() != folded_) {
        // Another process has folded: what is in memory no longer fits what is stored.
        loaded_ = false;
        return load();
    }
    after_.each(
        [this](Row row) {
            const Entry entry{.turn = row.integer(0),
                              .handset = row.integer(2) != 0 ? row.integer(1) : 0,
                              .hash = static_cast<std::uint64_t>(row.integer(3))};
            // The running group's own rows are pending until it is committed.
            if (pending_.empty() || entry.turn < pending_.front().turn) keep(entry);
        },
        last_);
}

void TurnTail::publish() {
    if (loaded_)
        for (const auto& entry : pending_) keep(entry);
    pending_.clear();
}

void TurnTail::keep(const Entry& entry) {
    entries_.push_back(entry);
    if (entry.handset != 0) newest_[entry.handset] = entry.turn;
    last_ = entry.turn;
}

void TurnTail::write_folded(std::int64_t turn) {
    write_folded_.run(turn);
}

void TurnTail::forget_folded(std::int64_t turn) {
    folded_ = turn;
    const auto first_left = std::ranges::upper_bound(entries_, turn, {}, &Entry::turn);
    entries_.erase(entries_.begin(), first_left);
    std::erase_if(newest_, [turn](const auto& state) { return state.second <= turn; });
}

}  // namespace harborline::storage::sqlite
