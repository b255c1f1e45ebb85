#include "storage/open.hpp"

#include <sodium.h>
#include <sqlite3.h>

#include <optional>
#include <stdexcept>

#include "storage/sealing/key_file.hpp"
#include "storage/sqlite/database.hpp"
#include "storage/sqlite/sqlite_store.hpp"
#include "storage/stand_back.hpp"

namespace harborline::storage {
namespace {

/// Whether anything was ever sealed in this file: only then must its key exist already.
bool holds_keys(SQLite::Database& db) {
    if (!db.tableExists("data_key")) return false;
    // There is a key for each matter: to count them is to read them all.
    return db.execAndGet("SELECT EXISTS (SELECT 1 FROM data_key)").getInt() != 0;
}

core::Result<sealing::Key> master_key(const StoreOptions& options, bool new_database) {
    std::error_code ignored;
    if (new_database && options.may_create && !std::filesystem::exists(options.master_key, ignored))
        return sealing::make_master_key(options.master_key, *options.random);
    return sealing::read_master_key(options.master_key);
}

/// Inside a transaction: refuses a key that is not this database's, makes the lasting keys of a new one.
core::Result<void> settle_keys(SQLite::Database& db, const sealing::Key& master, core::Random& random) {
    sqlite::KeyTable table{db};
    sealing::KeyRing keys{master, table, random};
    const auto fits = keys.fits_shelf();
    if (fits && !*fits)
        return core::Error{core::ErrorKind::kConflict,
                           "The master key is not the one this database was sealed with: name the right key file, or "
                           "put it back from its backup."};
    for (const auto purpose : {sealing::KeyPurpose::kCheck, sealing::KeyPurpose::kHandset,
                               sealing::KeyPurpose::kSecrets, sealing::KeyPurpose::kIdentity})
        keys.key({purpose});
    return {};
}

core::Result<std::unique_ptr<Store>> open_store(const StoreOptions& options) {
    auto opened = sqlite::open_database(options);
    if (!opened) return opened.error();
    auto db = std::move(*opened);

    // An older service may be at work on it, whose statements would not fit the new tables.
    if (!options.may_create && sqlite::is_older(*db))
        return core::Error{core::ErrorKind::kConflict,
                           "The database " + options.database.string() +
                               " is of an older version: start the service of this version once, which brings it up "
                               "to date."};

    const auto master = master_key(options, !holds_keys(*db));
    if (!master) return master.error();

    // Left early, it ends with the connection. Where nothing has to be made, a command holds up no commit of the
    // service.
    const bool settled_before = sqlite::is_current(*db) && holds_keys(*db);
    db->exec(settled_before ? "BEGIN" : "BEGIN IMMEDIATE");
    if (const auto migrated = sqlite::migrate(*db); !migrated) return migrated.error();
    if (const auto settled = settle_keys(*db, *master, *options.random); !settled) return settled.error();
    auto session = std::make_unique<sqlite::Session>(std::move(db), *master, options);
    session->keep_repeats(options.repeats_kept);
    // A command takes few turns: it reads the tail if it should need it after all, and leaves folding to the service.
    if (options.may_create) session->load_turns(options.fold_after_turns);
    const std::array secrets{session->secret(SecretPurpose::kReferenceNumbers),
                             session->secret(SecretPurpose::kRepeatHash)};
    session->commit();
    if (options.reads_only) session->only_read();

    std::unique_ptr<sqlite::Checkpointer> checkpointer;
    if (options.may_create) {
        if (const auto kept = session->keep_day_keys(); !kept) return kept.error();
        auto beside = sqlite::open_database(options);
        if (!beside) return beside.error();
        checkpointer = std::make_unique<sqlite::Checkpointer>(std::move(*beside), options.autocheckpoint_pages);
        session->leave_checkpoints();
    }
    return std::make_unique<sqlite::SqliteStore>(options, std::move(session), secrets, std::move(checkpointer));
}

}  // namespace

void back_up_sqlite(const std::filesystem::path& database, const std::filesystem::path& to) {
    if (!std::filesystem::exists(database))
        throw std::runtime_error("The database " + database.string() +
                                 " does not exist: start the service once, or name it right.");
    sqlite::copy_database(database, to, stand_back);
}

core::Result<std::unique_ptr<Store>> open_sqlite(const StoreOptions& options) {
    if (options.clock == nullptr || options.random == nullptr)
        throw std::logic_error("a store needs a clock and a source of randomness");
    // Counting SQLite's memory takes a lock at every allocation. Without effect once SQLite is in use.
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    if (sodium_init() < 0) return core::Error{core::ErrorKind::kUnavailable, "libsodium does not start."};
    try {
        return open_store(options);
    } catch (const SQLite::Exception& error) {
        return sqlite::refusal(options.database, error);
    } catch (const sealing::Damaged&) {
        return core::Error{core::ErrorKind::kMalformed,
                           "The database " + options.database.string() + " is damaged: restore a backup."};
    }
}

}  // namespace harborline::storage
