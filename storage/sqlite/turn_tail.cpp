#include "storage/sqlite/turn_tail.hpp"

#include <algorithm>
#include <utility>

namespace harborline::storage::sqlite {

std::optional<std::int64_t> TurnTail::newest_state(core::HandsetId handset) {
    load();
    for (auto entry = pending_.rbegin(); entry != pending_.rend(); ++entry)
        if (entry->handset == handset.value) return entry->turn;
    if (const auto found = newest_.find(handset.value); found != newest_.end()) return found->second;
    const auto key = static_cast<std::uint64_t>(handset.value);
    for (auto run = runs_.rbegin(); run != runs_.rend(); ++run) {
        const auto at = run->states.lower_bound(key);
        if (at < run->states.size() && run->states.key(at) == key) return run->states.turn(at);
    }
    return std::nullopt;
}

void TurnTail::load() {
    if (loaded_) return;
    entries_.clear();
    newest_.clear();
    runs_.clear();
    folded_ = read_folded_.integer();
    last_ = last_in_run_ = std::max(folded_, read_last_in_run_.integer());
    read_runs_.each(
        [this](Row row) {
            runs_.push_back({.last_turn = row.integer(1), .states = TurnIndex{row.integer(0), row.text(2)}});
        },
        folded_);
    take_in_new();
    // Where reading failed all of it is read again, and nothing is taken for not being there.
    loaded_ = true;
}

bool TurnTail::catch_up() {
    if (!loaded_) return true;
    if (read_folded_.integer() != folded_ || std::max(folded_, read_last_in_run_.integer()) != last_in_run_) {
        // Another process has folded: what is in memory no longer fits what is stored.
        loaded_ = false;
        load();
        return false;
    }
    take_in_new();
    return true;
}

void TurnTail::take_in_new() {
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

void TurnTail::publish() noexcept {
    if (loaded_)
        for (const auto& entry : pending_) keep(entry);
    pending_.clear();
}

void TurnTail::keep(const Entry& entry) {
    entries_.push_back(entry);
    if (entry.handset != 0) newest_[entry.handset] = entry.turn;
    last_ = entry.turn;
}

std::vector<TurnIndex::Entry> TurnTail::tail_states() const {
    std::vector<TurnIndex::Entry> states;
    states.reserve(newest_.size());
    for (const auto& [handset, turn] : newest_) states.push_back({static_cast<std::uint64_t>(handset), turn});
    std::ranges::sort(states, {}, &TurnIndex::Entry::key);
    return states;
}

void TurnTail::write_run() {
    const auto first_turn = last_in_run_ + 1;
    auto states = TurnIndex::pack(first_turn, tail_states());
    add_run_.run(first_turn, last_, context_.now, Blob{states});
    written_ = Run{.last_turn = last_, .states = TurnIndex{first_turn, std::move(states)}};
}

void TurnTail::keep_run() {
    runs_.push_back(std::move(*written_));
    written_.reset();
    last_in_run_ = runs_.back().last_turn;
    entries_.clear();
    newest_.clear();
}

void TurnTail::write_folded(std::int64_t turn) {
    write_folded_.run(turn);
}

void TurnTail::forget_folded(std::int64_t turn) {
    folded_ = turn;
    while (!runs_.empty() && runs_.front().last_turn <= turn) runs_.pop_front();
}

}  // namespace harborline::storage::sqlite
