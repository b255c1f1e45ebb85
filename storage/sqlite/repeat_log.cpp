#include "storage/sqlite/repeat_log.hpp"

#include <algorithm>

namespace harborline::storage::sqlite {

std::vector<RepeatTable::TurnId> RepeatLog::find(RepeatTable::Hash hash) {
    load();
    load_bucket(bucket_of(hash));
    std::vector<RepeatTable::TurnId> turns;
    table_.find(hash, turns);
    std::ranges::sort(turns);
    return turns;
}

void RepeatLog::add(const TurnTail::Entry& entry) {
    if (loaded_ && entry.hash != 0) table_.insert(entry.hash, entry.turn);
}

void RepeatLog::undo(std::span<const TurnTail::Entry> entries) {
    for (const auto& entry : entries) table_.remove(entry.hash, entry.turn);
}

void RepeatLog::publish() noexcept {
    last_ = tail_.last_committed();
    last_in_run_ = tail_.last_in_run();
}

void RepeatLog::load() {
    if (loaded_) return;
    tail_.load();
    table_ = {};
    in_table_.reset();
    loaded_through_ = tail_.last_in_run();
    take_in(tail_.entries());
    take_in(tail_.pending());
    publish();
    loaded_ = true;
}

void RepeatLog::catch_up() {
    if (!loaded_) return;
    if (tail_.last_in_run() != last_in_run_) {
        // Another process has made a run: the tail in memory no longer reaches back to what the table knows.
        loaded_ = false;
        return load();
    }
    const auto entries = tail_.entries();
    take_in(entries.subspan(static_cast<std::size_t>(
        std::ranges::upper_bound(entries, last_, {}, &TurnTail::Entry::turn) - entries.begin())));
    last_ = tail_.last_committed();
}

void RepeatLog::load_bucket(std::size_t bucket) {
    if (in_table_[bucket]) return;
    // Read to its end before any of it counts: a bucket of which half is known would let a repeat through.
    const auto runs = bucket_.all(
        [](Row row) {
            return TurnIndex{row.integer(0), row.text(1)};
        },
        static_cast<std::int64_t>(bucket), loaded_through_);
    for (const auto& hashes : runs)
        for (std::size_t at = 0; at < hashes.size(); ++at) table_.insert(hashes.key(at), hashes.turn(at));
    in_table_.set(bucket);
}

void RepeatLog::write_run() {
    std::vector<TurnIndex::Entry> known;
    known.reserve(tail_.entries().size());
    for (const auto& entry : tail_.entries())
        if (entry.hash != 0) known.push_back({entry.hash, entry.turn});
    std::ranges::sort(known, {}, &TurnIndex::Entry::key);

    const auto first_turn = tail_.last_in_run() + 1;
    for (auto from = known.begin(); from != known.end();) {
        const auto bucket = bucket_of(from->key);
        const auto to = std::find_if(from, known.end(), [&](const auto& one) { return bucket_of(one.key) != bucket; });
        const auto hashes = TurnIndex::pack(first_turn, {from, to});
        add_.run(static_cast<std::int64_t>(bucket), first_turn, Blob{hashes});
        from = to;
    }
    trim();
}

void RepeatLog::trim() {
    // Two for each that is added: what has piled up goes by and by.
    constexpr int kMost = 2;
    const auto old = oldest_.all([](Row row) { return row.integer(0); }, context_.now - kWindow,
                                 tail_.last_committed() - kept_, kMost);
    for (const auto first_turn : old) drop(first_turn);
}

void RepeatLog::drop(std::int64_t first_turn) {
    for (std::int64_t bucket = 0; bucket < static_cast<std::int64_t>(kBuckets); ++bucket) {
        one_.each(
            [&](Row row) {
                const TurnIndex hashes{first_turn, row.text(0)};
                for (std::size_t at = 0; at < hashes.size(); ++at) table_.remove(hashes.key(at), hashes.turn(at));
            },
            bucket, first_turn);
        drop_.run(bucket, first_turn);
    }
    drop_run_.run(first_turn);
}

void RepeatLog::take_in(std::span<const TurnTail::Entry> entries) {
    for (const auto& entry : entries)
        if (entry.hash != 0) table_.insert(entry.hash, entry.turn);
}

}  // namespace harborline::storage::sqlite
