#include "storage/sqlite/repeat_log.hpp"

#include <algorithm>

namespace harborline::storage::sqlite {

std::vector<RepeatTable::TurnId> RepeatLog::find(RepeatTable::Hash hash) {
    load();
    std::vector<RepeatTable::TurnId> turns;
    table_.find(hash, turns);
    for (const auto& run : unsettled_) run.find(hash, turns);
    std::ranges::sort(turns);
    return turns;
}

void RepeatLog::add(const TurnTail::Entry& entry) {
    if (loaded_ && entry.hash != 0) table_.insert(entry.hash, entry.turn);
}

void RepeatLog::undo(std::span<const TurnTail::Entry> entries) {
    for (const auto& entry : entries) table_.remove(entry.hash, entry.turn);
}

void RepeatLog::publish() {
    last_ = tail_.last_committed();
    folded_ = tail_.folded();
}

void RepeatLog::load() {
    if (loaded_) return;
    loaded_ = true;
    tail_.load();
    table_ = {};
    unsettled_ = all_.all([](Row row) { return RepeatRun{row.integer(0), row.text(1)}; });
    take_in(tail_.entries());
    take_in(tail_.pending());
    publish();
}

void RepeatLog::catch_up() {
    if (!loaded_) return;
    if (tail_.folded() != folded_) {
        // Another process has folded: the tail in memory no longer reaches back to the runs in memory.
        loaded_ = false;
        return load();
    }
    const auto entries = tail_.entries();
    take_in(entries.subspan(static_cast<std::size_t>(
        std::ranges::upper_bound(entries, last_, {}, &TurnTail::Entry::turn) - entries.begin())));
    last_ = tail_.last_committed();
}

void RepeatLog::settle() {
    if (unsettled_.empty()) return;
    const auto& run = unsettled_.back();
    for (std::size_t at = 0; at < run.size(); ++at) table_.insert(run.hash(at), run.turn(at));
    unsettled_.pop_back();
}

void RepeatLog::fold(std::span<const TurnTail::Entry> entries) {
    const auto first_turn = tail_.folded() + 1;
    const auto hashes = RepeatRun::pack(first_turn, entries);
    if (!hashes.empty()) add_.run(first_turn, context_.now, Blob{hashes});
    trim();
}

void RepeatLog::trim() {
    // Two for each that is added: what has piled up goes by and by, and a clock that stood ahead for a moment does
    // little harm.
    constexpr int kMost = 2;
    const auto old = oldest_.all(
        [](Row row) {
            return RepeatRun{row.integer(0), row.text(1)};
        },
        context_.now - kWindow, tail_.last_committed() - kept_, kMost);
    for (const auto& run : old) {
        std::erase_if(unsettled_, [&](const RepeatRun& one) { return one.first_turn() == run.first_turn(); });
        for (std::size_t at = 0; at < run.size(); ++at) table_.remove(run.hash(at), run.turn(at));
        drop_.run(run.first_turn());
    }
}

void RepeatLog::take_in(std::span<const TurnTail::Entry> entries) {
    for (const auto& entry : entries)
        if (entry.hash != 0) table_.insert(entry.hash, entry.turn);
}

}  // namespace harborline::storage::sqlite
