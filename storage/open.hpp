#pragma once
#include <filesystem>
#include <memory>

#include "handlers/core/random.hpp"
#include "handlers/core/result.hpp"
#include "handlers/core/time.hpp"
#include "storage/store.hpp"

namespace harborline::storage {

struct StoreOptions {
    std::filesystem::path database{};
    /// 0600; made at the first start of a new database, never otherwise. Beside it stands the folder `….days` with the
    /// keys of letters (see letters.hpp), which only who may create makes.
    std::filesystem::path master_key{};
    std::size_t group_max = 512;     ///< Most pieces in one commit.
    std::size_t queue_max = 20'000;  ///< Of each lane. Beyond this, `submit` answers Unavailable at once.
    std::chrono::milliseconds busy_timeout{2'000};
    int autocheckpoint_pages = 16'000;  ///< A write-ahead log so long is folded back.
    /// What later turns overtake is written late: after so many turns. A start reads back about twice as many at most.
    std::size_t fold_after_turns = 8'192;
    /// So many of the newest messages stay known as repeats whatever their age, lest a clock that runs ahead for an
    /// hour makes the service forget what it has just taken. At 10,000 messages a day more than a carrier's 72 hours.
    std::int64_t repeats_kept = 50'000;
    core::Clock* clock = nullptr;    ///< Periods of data keys.
    core::Random* random = nullptr;  ///< Used on the store's thread: one that others use too must bear that.
    bool reads_only = false;         ///< Takes no write lock: a long list never holds up a webhook. Writing then fails.
    bool may_create = true;          ///< False for commands: a missing database is then an error.
};

/// Opens (migrating) or creates. Refuses in words: a newer database, a missing, unreadable or wrong key, a damaged
/// file; who may not create, an older one too.
core::Result<std::unique_ptr<Store>> open_sqlite(const StoreOptions& options);

/// Copies the whole database, while others use it, into a new file (0600): one of any version, and without its key.
/// Throws std::runtime_error in words.
void back_up_sqlite(const std::filesystem::path& database, const std::filesystem::path& to);

}  // namespace harborline::storage
