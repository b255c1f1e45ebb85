#include "storage/sqlite/database.hpp"

#include <SQLiteCpp/Backup.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>
#include <thread>

#include "storage/files/files.hpp"
#include "storage/sqlite/gathering_vfs.hpp"
#include "storage/sqlite/migrations.hpp"
#include "storage/sqlite/restoration.hpp"

namespace harborline::storage::sqlite {
namespace {

namespace fs = std::filesystem;

constexpr int kBackupBusyTimeoutMs = 2'000;
constexpr int kCopiedPages = 32;  // To the disk at once: 128 KiB, so at most 25 MB a second.
constexpr int kPagesAtOnce = 4;   // Between two offers of the processor: what waits for it waits for no more.
static_assert(kCopiedPages % kPagesAtOnce == 0);
constexpr std::chrono::milliseconds kRest{5};

/// Makes the file only for its owner before SQLite opens it: -wal, -shm and -journal take over its mode. Never opens
/// an existing one, because closing it would drop this process's POSIX locks on it.
bool make_private_file(const fs::path& path) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return false;
    ::fchmod(fd, 0600);
    ::close(fd);
    return true;
}

void make_private(const fs::path& database) {
    for (const char* suffix : {"", "-wal", "-shm"}) ::chmod((database.string() + suffix).c_str(), 0600);
}

core::Error failed(core::ErrorKind kind, const fs::path& path, const std::string& what) {
    return {kind, "The database " + path.string() + " " + what};
}

void set_pragmas(SQLite::Database& db, const StoreOptions& options) {
    db.exec("PRAGMA page_size = 4096");
    db.exec("PRAGMA journal_mode = WAL");
    db.exec("PRAGMA synchronous = FULL");
    db.exec("PRAGMA foreign_keys = ON");
    // In KiB. A command reads most pages once, and what it has kept the kernel takes back in one piece when it ends,
    // while the service waits for the processor.
    db.exec(options.may_create ? "PRAGMA cache_size = -65536" : "PRAGMA cache_size = -2048");
    // As gathering_vfs() requires.
    if (options.may_create) db.exec("PRAGMA cache_spill = OFF");
    // A log that a long reader has let grow is cut back; a normal one keeps its blocks, because appending costs double.
    db.exec("PRAGMA journal_size_limit = 134217728");
    db.exec("PRAGMA temp_store = MEMORY");
    // What is erased is overwritten. Debian's SQLite does so anyway.
    db.exec("PRAGMA secure_delete = ON");
    // See Checkpointer. A command that is alone folds the log back when it closes the database.
    db.exec("PRAGMA wal_autocheckpoint = 0");
}

/// Half a copy, and the journal that a disk in trouble would not let go of. Never throws: what is to be said is why the
/// copy failed.
void remove_copy(const fs::path& copy) {
    std::error_code ignored;
    for (const char* suffix : {"", "-journal", "-wal", "-shm"}) fs::remove(copy.string() + suffix, ignored);
}

int pragma(SQLite::Database& db, const char* query) {
    return db.execAndGet(query).getInt();
}

}  // namespace

core::Result<std::unique_ptr<SQLite::Database>> open_database(const StoreOptions& options) {
    const auto& path = options.database;
    std::error_code ignored;
    // Between the old database and the restored one there must not begin an empty one, nor the old one without its log.
    if (fs::exists(files::beside(path, kRestoredSuffix), ignored))
        return failed(core::ErrorKind::kConflict, path,
                      "was being replaced when the restore was interrupted: run harborline restore again.");
    if (!fs::exists(path, ignored)) {
        if (!options.may_create)
            return failed(core::ErrorKind::kNotFound, path,
                          "does not exist: start the service once, or name it right.");
        if (!make_private_file(path) && errno != EEXIST)
            return failed(core::ErrorKind::kUnavailable, path,
                          std::string{"cannot be made ("} + std::strerror(errno) + "): check its folder.");
    }
    make_private(path);

    try {
        auto db = std::make_unique<SQLite::Database>(path, SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX,
                                                     static_cast<int>(options.busy_timeout.count()),
                                                     options.may_create ? gathering_vfs() : "");
        const int id = pragma(*db, "PRAGMA application_id");
        const bool empty = pragma(*db, "PRAGMA schema_version") == 0;
        if (id != kApplicationId && !(id == 0 && empty))
            return failed(core::ErrorKind::kConflict, path, "belongs to another program: name another file.");
        set_pragmas(*db, options);
        return db;
    } catch (const SQLite::Exception& error) {
        return refusal(path, error);
    }
}

bool is_current(SQLite::Database& db) {
    return pragma(db, "PRAGMA user_version") == static_cast<int>(migrations().size());
}

bool is_older(SQLite::Database& db) {
    return pragma(db, "PRAGMA user_version") < static_cast<int>(migrations().size());
}

core::Result<void> migrate(SQLite::Database& db) {
    const auto all = migrations();
    const int ours = static_cast<int>(all.size());
    const int stored = pragma(db, "PRAGMA user_version");
    if (stored > ours)
        return core::Error{core::ErrorKind::kConflict, "The database is of version " + std::to_string(stored) +
                                                           " and this program only knows versions up to " +
                                                           std::to_string(ours) +
                                                           ": start the newer program that made it."};
    if (stored == ours) return {};

    for (int version = stored; version < ours; ++version) db.exec(std::string{all[static_cast<std::size_t>(version)]});
    db.exec("PRAGMA application_id = " + std::to_string(kApplicationId));
    db.exec("PRAGMA user_version = " + std::to_string(ours));
    return {};
}

namespace {

/// In small steps, each of them written to the disk before the next: a gigabyte to be flushed at once would hold up
/// every commit that has to be flushed beside it. Only the end is flushed, by SQLite: a flush for each step would make
/// the file system write its own journal each time, and the commits beside it wait for that.
void copy_slowly(SQLite::Backup& backup, const fs::path& to, const std::function<void()>& step_aside) {
    const files::File copy{to, O_WRONLY};
    if (!copy.opened()) throw std::runtime_error("The backup cannot be opened again: check its folder.");
    for (int copied = kPagesAtOnce;; copied += kPagesAtOnce) {
        const int done = backup.executeStep(kPagesAtOnce);
        if (done == SQLITE_DONE) return;
        if (done != SQLITE_OK) throw std::runtime_error("The database is busy: try again.");
        step_aside();
        if (copied % kCopiedPages != 0) continue;
        if (::sync_file_range(copy.fd(), 0, 0, SYNC_FILE_RANGE_WRITE_AND_WAIT) != 0)
            throw std::runtime_error("The backup cannot be written: check the disk.");
        std::this_thread::sleep_for(kRest);
    }
}

}  // namespace

void copy_database(const fs::path& from, const fs::path& to, const std::function<void()>& step_aside) {
    if (!make_private_file(to))
        throw std::runtime_error("The backup " + to.string() + " cannot be made (" + std::strerror(errno) +
                                 "): name a new file in a folder that can be written.");
    try {
        SQLite::Database source{from, SQLite::OPEN_READONLY, kBackupBusyTimeoutMs};
        SQLite::Database copy{to, SQLite::OPEN_READWRITE};
        // One snapshot for all steps, which holds up no writer: without it a step would begin anew at each commit.
        source.exec("BEGIN");
        source.execAndGet("SELECT count(*) FROM sqlite_schema");
        // Half a copy is worth nothing, so nothing need be kept to go back to.
        copy.exec("PRAGMA journal_mode = OFF");
        copy.exec("PRAGMA cache_size = " + std::to_string(kCopiedPages));
        SQLite::Backup backup{copy, source};
        copy_slowly(backup, to, step_aside);
        // Whoever reads it need not write a log beside it.
        copy.exec("PRAGMA journal_mode = DELETE");
        if (!files::sync_folder_of(to))
            throw std::runtime_error("The folder of the backup cannot be synced: check the disk.");
    } catch (const SQLite::Exception& error) {
        remove_copy(to);
        throw std::runtime_error("The backup " + to.string() + " failed: " + sqlite3_errstr(error.getErrorCode()));
    } catch (...) {
        remove_copy(to);
        throw;
    }
}

std::exception_ptr translated(const SQLite::Exception& error) {
    // The code's own words only: SQLite's message can quote what a trigger or an index was about.
    const std::string what = sqlite3_errstr(error.getExtendedErrorCode());
    switch (error.getErrorCode()) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_FULL:
        case SQLITE_IOERR:
        case SQLITE_READONLY:
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_CANTOPEN:
        case SQLITE_NOMEM:
        case SQLITE_PERM:
        case SQLITE_PROTOCOL:
        case SQLITE_INTERRUPT:
            return std::make_exception_ptr(Unavailable("the database is in trouble: " + what));
        default:
            return std::make_exception_ptr(std::logic_error("the database refused a piece of work: " + what));
    }
}

core::Error refusal(const fs::path& database, const SQLite::Exception& error) {
    const std::string why = std::string{"("} + sqlite3_errstr(error.getErrorCode()) + ")";
    switch (error.getErrorCode()) {
        case SQLITE_NOTADB:
        case SQLITE_CORRUPT:
            return failed(core::ErrorKind::kMalformed, database,
                          "is damaged or no database " + why + ": restore a backup.");
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return failed(core::ErrorKind::kUnavailable, database,
                          "is locked by another process " + why + ": try again.");
        default:
            return failed(core::ErrorKind::kUnavailable, database,
                          "cannot be opened " + why + ": check its folder, its owner and the disk.");
    }
}

}  // namespace harborline::storage::sqlite
