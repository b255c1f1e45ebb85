#include "storage/sqlite/restoration.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <date/date.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/files/files.hpp"
#include "storage/sealing/day_keys.hpp"
#include "storage/sqlite/database.hpp"

namespace harborline::storage::sqlite {
namespace {

namespace fs = std::filesystem;

/// Runs of repeats count turns in 32 bits from their first one, and a step may fall into a run.
constexpr std::int64_t kStep = 100'000'000;
constexpr std::int64_t kCaseStep = 100'000;

/// SQLite's lock-byte page (file format, 1.4): whoever has a database open in WAL mode holds a read lock on it all the
/// while, idle or not.
constexpr off_t kLockBytes = 0x4000'0000;
constexpr off_t kLockSize = 512;

core::Error failed(const fs::path& path, const std::string& what) {
    return {core::ErrorKind::kUnavailable, "The database " + path.string() + " " + what};
}

std::string why() {
    return std::string{"("} + std::strerror(errno) + ")";
}

/// Takes SQLite's own lock on a whole database file, be its content readable or not. Held as long as the file is open.
bool lock_all(const files::File& database) {
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = kLockBytes;
    lock.l_len = kLockSize;
    return ::fcntl(database.fd(), F_OFD_SETLK, &lock) == 0;
}

std::int64_t highest_id(SQLite::Database& db) {
    std::int64_t highest = 0;
    SQLite::Statement tables{db,
                             "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND wr = 0 "
                             "AND name NOT LIKE 'sqlite_%'"};
    while (tables.executeStep())
        highest =
            std::max(highest, db.execAndGet("SELECT max(rowid) FROM " + tables.getColumn(0).getString()).getInt64());
    return highest;
}

/// What was on its way then has arrived since, or is too late. Files that nothing opens are removed by the service.
void drop_letters(SQLite::Database& db) {
    db.exec("INSERT OR IGNORE INTO dropped_recording SELECT recording FROM letter WHERE recording <> ''");
    db.exec("DELETE FROM letter");
    db.exec("DELETE FROM fragment WHERE words <> x''");
}

void raise_floors(SQLite::Database& db) {
    const auto set = [&db](const char* counter, std::int64_t to) {
        db.exec("INSERT INTO counter (name, value) VALUES ('" + std::string{counter} + "', " + std::to_string(to) +
                ") ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)");
    };
    set("floor", highest_id(db) + kStep);
    const auto cases = db.execAndGet(
        "SELECT max(coalesce((SELECT max(id) FROM case_file), 0), "
        "coalesce((SELECT value FROM counter WHERE name = 'case_floor'), 0))");
    set("case_floor", cases.getInt64() + kCaseStep);
    db.exec("UPDATE counter SET value = value + " + std::to_string(kStep) +
            " WHERE name IN ('conversation', 'stranded', 'letter')");
}

core::Result<void> make_ready(const fs::path& draft) {
    SQLite::Database db{draft, SQLite::OPEN_READWRITE};
    db.exec("PRAGMA synchronous = FULL");
    db.exec("PRAGMA secure_delete = ON");
    db.exec("BEGIN IMMEDIATE");
    // An older program may have made it, and everything below goes by our own tables.
    if (const auto migrated = migrate(db); !migrated) return migrated.error();
    raise_floors(db);
    drop_letters(db);
    db.exec("COMMIT");
    return {};
}

class SqliteRestoration : public Restoration {
  public:
    SqliteRestoration(fs::path database, fs::path day_keys, std::unique_ptr<files::File> present)
        : database_(std::move(database)),
          day_keys_(std::move(day_keys)),
          draft_(files::beside(database_, ".restoring" + std::to_string(::getpid()))),
          present_(std::move(present)) {}
    ~SqliteRestoration() override {
        std::error_code ignored;
        for (const char* suffix : {"", "-wal", "-shm", "-journal"}) fs::remove(files::beside(draft_, suffix), ignored);
    }

    const fs::path& draft() const override { return draft_; }

    core::Result<void> copy(const fs::path& backup) {
        if (!files::copy_new(backup, draft_))
            return failed(database_, "stays as it was, because the backup could not be copied beside it " + why() +
                                         ": check that there is room and try again.");
        try {
            if (const auto made = make_ready(draft_); !made)
                return failed(database_, "stays as it was: " + made.error().message);
        } catch (const SQLite::Exception& error) {
            return failed(database_, "stays as it was: " + refusal(draft_, error).message);
        }
        return {};
    }

    core::Result<fs::path> finish(core::Instant now) override {
        const auto mark = files::beside(database_, kRestoredSuffix);
        if (!is_finished(draft_))
            return failed(database_, "stays as it was, because what was restored is not whole: try again.");
        if (::rename(draft_.c_str(), mark.c_str()) != 0 || !files::sync_folder_of(database_))
            return failed(database_, "stays as it was, because its folder cannot be written " + why() + ".");
        // While nobody can come in: whoever opens the restored database may make new ones at once.
        if (const auto destroyed = sealing::destroy_day_keys(day_keys_); !destroyed) return destroyed.error();

        const auto aside = free_name(now);
        const auto moved = move_aside(aside);
        if (!moved) return moved.error();
        // Not over a database that somebody has made meanwhile.
        if (::renameat2(AT_FDCWD, mark.c_str(), AT_FDCWD, database_.c_str(), RENAME_NOREPLACE) != 0 ||
            !files::sync_folder_of(database_))
            return failed(database_, "could not be put in its place " + why() + ": run harborline restore again.");
        return *moved ? aside : fs::path{};
    }

  private:
    /// All of it is in the one file, on the disk.
    static bool is_finished(const fs::path& draft) {
        std::error_code ignored;
        const auto log = files::beside(draft, "-wal");
        if (fs::exists(log, ignored) && fs::file_size(log, ignored) > 0) return false;
        fs::remove(log, ignored);
        fs::remove(files::beside(draft, "-shm"), ignored);
        const files::File file{draft, O_RDONLY};
        return file.opened() && ::fsync(file.fd()) == 0;
    }

    fs::path free_name(core::Instant now) const {
        const auto wanted = files::beside(database_, aside_suffix(now));
        auto name = wanted;
        std::error_code ignored;
        for (int more = 2; fs::exists(name, ignored); ++more) name = files::beside(wanted, "-" + std::to_string(more));
        return name;
    }

    /// Whether there was anything to move.
    core::Result<bool> move_aside(const fs::path& aside) const {
        bool moved = false;
        for (const char* suffix : {"", "-wal", "-shm"}) {
            const auto from = files::beside(database_, suffix);
            const auto to = files::beside(aside, suffix);
            if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0)
                moved = true;
            else if (errno != ENOENT)
                return failed(database_, "could not be moved aside " + why() + ": run harborline restore again.");
        }
        if (!files::sync_folder_of(database_))
            return failed(database_, "was moved aside, but its folder cannot be synced " + why() +
                                         ": check the disk and run harborline restore again.");
        return moved;
    }

    const fs::path database_;
    const fs::path day_keys_;
    const fs::path draft_;
    std::unique_ptr<files::File> present_;  ///< Holds the lock.
};

}  // namespace
}  // namespace harborline::storage::sqlite

namespace harborline::storage {

std::string aside_suffix(core::Instant now) {
    return ".before-" + date::format("%Y%m%dT%H%M%SZ", std::chrono::time_point_cast<std::chrono::seconds>(now));
}

core::Result<std::unique_ptr<Restoration>> Restoration::begin(const std::filesystem::path& backup,
                                                              const std::filesystem::path& database,
                                                              const std::filesystem::path& master_key) {
    auto present = std::make_unique<files::File>(database, O_RDWR);
    if (!present->opened() && errno != ENOENT)
        return sqlite::failed(database, "cannot be opened " + sqlite::why() + ".");
    if (present->opened() && !sqlite::lock_all(*present))
        return sqlite::failed(database, "is in use: stop the service and every other command first.");
    auto restoration =
        std::make_unique<sqlite::SqliteRestoration>(database, sealing::day_keys_folder(master_key), std::move(present));
    if (const auto copied = restoration->copy(backup); !copied) return copied.error();
    return std::unique_ptr<Restoration>{std::move(restoration)};
}

}  // namespace harborline::storage
