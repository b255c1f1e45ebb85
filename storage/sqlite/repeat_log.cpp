#include "storage/sqlite/repeat_log.hpp"

#include <algorithm>

namespace harborline::storage::sqlite {

std::vector<RepeatTable::TurnId> RepeatLog::find(RepeatTable::Hash hash) {
    if (!loaded_) load();
    return table_.find(hash);
}

void RepeatLog::add(RepeatTable::Hash hash, RepeatTable::TurnId turn, core::Instant at) {
    add_.run(turn, hash, at);
    table_.add(hash, turn);
    last_added_ = turn;
}

void RepeatLog::load() {
    loaded_ = true;
    last_ = 0;  // What this connection added itself is read again, which does no harm.
    catch_up();
}

void RepeatLog::catch_up() {
    if (!loaded_) return;
    // Rows of the running group may be among them, twice then, and gone after a rollback: a hit is compared with the
    // turn itself, so neither does harm.
    after_.each(
        [this](Row row) {
            table_.insert(static_cast<RepeatTable::Hash>(row.integer(1)), row.integer(0));
            last_ = std::max(last_, row.integer(0));
        },
        last_, window_start(), newest_.integer() - kept_);
}

void RepeatLog::publish() {
    table_.publish();
    last_ = std::max(last_, last_added_);
}

void RepeatLog::trim(std::size_t pieces) {
    // A clock that stood ahead for a while must not stop the trimming until that day comes.
    constexpr auto kTrimEvery = std::chrono::minutes{10};
    if (context_.now < next_trim_ && next_trim_ - context_.now <= kTrimEvery) return;

    const auto limit = static_cast<std::int64_t>(2 * pieces + 16);
    const auto newest_to_go = newest_.integer() - kept_;
    RepeatTable::TurnId newest_dropped = 0;
    bool all_old = true;
    std::int64_t dropped = 0;
    oldest_.each(
        [&](Row row) {
            all_old = all_old && row.integer(2) < window_start() && row.integer(0) <= newest_to_go;
            if (!all_old) return;
            newest_dropped = row.integer(0);
            table_.remove(static_cast<RepeatTable::Hash>(row.integer(1)), newest_dropped);
            ++dropped;
        },
        limit);
    if (dropped > 0) drop_.run(newest_dropped);
    if (dropped < limit) next_trim_ = context_.now + kTrimEvery;
}

}  // namespace harborline::storage::sqlite
