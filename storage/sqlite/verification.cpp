#include "storage/sqlite/verification.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sodium.h>
#include <sqlite3.h>

#include <stdexcept>
#include <utility>

#include "storage/files/files.hpp"
#include "storage/files/recording_vault.hpp"
#include "storage/sealing/key_file.hpp"
#include "storage/sealing/key_ring.hpp"
#include "storage/sqlite/database.hpp"
#include "storage/sqlite/key_table.hpp"
#include "storage/sqlite/migrations.hpp"
#include "storage/sqlite/recording_packing.hpp"
#include "storage/stand_back.hpp"

namespace harborline::storage::sqlite {
namespace {

namespace fs = std::filesystem;

/// Of each end of a table, where not everything is opened.
constexpr int kSample = 100;
constexpr int kOpenedAtOnce = 100;  // In a few tenths of a millisecond.
constexpr int kFaultsTold = 10;

/// Who only reads makes no keys.
class NoRandom : public core::Random {
  public:
    void fill(std::span<std::byte>) override { throw std::logic_error("a reader makes nothing"); }
};

/// SQLite's URI of a file that it may take as never changing: it then writes neither a log nor an index beside it.
std::string unchanging(const fs::path& path) {
    static constexpr char kHex[] = "0123456789abcdef";
    std::string uri = "file:";
    for (const char c : path.string()) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
                           c == '.' || c == '-' || c == '_';
        if (plain)
            uri.push_back(c);
        else
            uri.append({'%', kHex[byte >> 4], kHex[byte & 15]});
    }
    return uri + "?immutable=1";
}

SQLite::Database open_unchanging(const fs::path& path) {
    return {unchanging(path), SQLite::OPEN_READONLY | SQLite::OPEN_URI | SQLite::OPEN_NOMUTEX};
}

class Verifier {
  public:
    explicit Verifier(const VerifyOptions& options) : options_(options) {}

    Verification verify() {
        try {
            if (is_there() && stands_alone()) look_inside();
        } catch (const SQLite::Exception& error) {
            find(refusal(options_.file, error).message);
        }
        return std::move(found_);
    }

  private:
    void find(std::string sentence) { found_.findings.push_back(std::move(sentence)); }
    void find_about_it(std::string_view what) {
        find(std::string{"The file "}.append(options_.file.string()).append(" ").append(what));
    }

    bool is_there() {
        std::error_code ignored;
        if (fs::is_regular_file(options_.file, ignored) && fs::file_size(options_.file, ignored) > 0) return true;
        find_about_it("is not there or empty: name a backup.");
        return false;
    }

    /// What stands in a log beside a file is not in the file.
    bool stands_alone() {
        for (const char* suffix : {"-wal", "-journal"}) {
            std::error_code ignored;
            const auto log = files::beside(options_.file, suffix);
            if (!fs::exists(log, ignored) || fs::file_size(log, ignored) == 0) continue;
            find_about_it("has an unfinished log (" + log.filename().string() +
                          ") beside it, so it is in use or was copied by hand: make a copy with harborline backup.");
            return false;
        }
        return true;
    }

    void look_inside() {
        SQLite::Database db = open_unchanging(options_.file);
        db.exec("BEGIN");  // One view; the readers below run inside a transaction only.
        if (!is_ours(db)) return;
        check_structure(db);
        count_rows(db);
        check_sealed(db);
    }

    bool is_ours(SQLite::Database& db) {
        if (db.execAndGet("PRAGMA application_id").getInt() != kApplicationId) {
            find_about_it("belongs to another program: name a backup of this one.");
            return false;
        }
        found_.version = db.execAndGet("PRAGMA user_version").getInt();
        const auto known = static_cast<int>(migrations().size());
        if (found_.version >= 1 && found_.version <= known) return true;
        find_about_it("is of version " + std::to_string(found_.version) + " and this program knows 1 to " +
                      std::to_string(known) + ": use the newer program that made it.");
        return false;
    }

    void check_structure(SQLite::Database& db) {
        SQLite::Statement integrity{db, "PRAGMA integrity_check(" + std::to_string(kFaultsTold) + ")"};
        while (integrity.executeStep())
            if (const auto told = integrity.getColumn(0).getString(); told != "ok")
                find_about_it("is damaged (" + told + "): use another backup.");
        SQLite::Statement foreign{db, "SELECT \"table\", count(*) FROM pragma_foreign_key_check GROUP BY 1"};
        while (foreign.executeStep())
            find_about_it("has " + std::to_string(foreign.getColumn(1).getInt64()) + " rows of " +
                          foreign.getColumn(0).getString() + " that belong to nothing: use another backup.");
    }

    static std::vector<std::string> names(SQLite::Database& db, const char* query) {
        std::vector<std::string> all;
        SQLite::Statement each{db, query};
        while (each.executeStep()) all.push_back(each.getColumn(0).getString());
        return all;
    }

    void count_rows(SQLite::Database& db) {
        for (const auto& table : names(
                 db, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"))
            found_.rows[table] = db.execAndGet("SELECT count(*) FROM " + table).getInt64();
    }

    void check_sealed(SQLite::Database& db) {
        const auto master = sealing::read_master_key(options_.master_key);
        if (!master) return find(master.error().message);
        NoRandom random;
        KeyTable table{db};
        sealing::KeyRing keys{*master, table, random};
        const auto fits = keys.fits_shelf();
        if (!fits) return find_about_it("holds no keys, so nothing in it can be read: use another backup.");
        if (!*fits) return find_about_it("was sealed under another master key: put the right key file in its place.");
        open_keys(db, keys);
        for (const auto& name : names(db,
                                      "SELECT t.name FROM sqlite_schema t, pragma_table_info(t.name) c "
                                      "WHERE t.type = 'table' AND c.name = 'sealed' ORDER BY 1"))
            open_table(db, keys, name);
        if (found_.rows.contains("recording")) check_recordings(db, keys);
    }

    void check_recordings(SQLite::Database& db, sealing::KeyRing& keys) {
        const RecordingVault vault{options_.recordings};
        SQLite::Statement all{db, "SELECT name FROM recording WHERE state = 0"};
        std::int64_t missing = 0;
        while (all.executeStep()) missing += vault.has(all.getColumn(0).getString()) ? 0 : 1;
        if (missing != 0)
            find_about_it("names " + std::to_string(missing) + " recordings whose files are missing in " +
                          options_.recordings.string() + ": bring them from where the file came from.");

        SQLite::Statement each{db, "SELECT id, name, sealed FROM recording" + chosen("recording")};
        std::int64_t changed = 0;
        while (each.executeStep()) {
            const auto name = each.getColumn(1).getString();
            if (!vault.has(name)) continue;
            try {
                ++(is_unchanged(vault, name, keys, each) ? found_.recordings : changed);
            } catch (const sealing::Damaged&) {
                // Told with the table's other values.
            }
        }
        if (changed != 0)
            find_about_it("names " + std::to_string(changed) +
                          " recordings whose files are damaged or were changed: use another backup.");
    }

    static bool is_unchanged(const RecordingVault& vault, const std::string& name, sealing::KeyRing& keys,
                             SQLite::Statement& row) {
        Recording recording;
        unpack(keys.open({kRecordingColumn, row.getColumn(0).getInt64()}, row.getColumn(2).getString()), recording);
        return vault.read({.name = name, .key = recording.key}, recording.digest).has_value();
    }

    void open_keys(SQLite::Database& db, sealing::KeyRing& keys) {
        SQLite::Statement each{db, "SELECT id, purpose, subject FROM data_key" + chosen("data_key")};
        Tally tally;
        while (each.executeStep()) {
            const sealing::KeyScope scope{static_cast<sealing::KeyPurpose>(each.getColumn(1).getInt()),
                                          each.getColumn(2).getInt64()};
            tally.count(each.getColumn(0).getInt64(), [&] { keys.key(scope); });
        }
        tell("data_key", tally);
    }

    void open_table(SQLite::Database& db, sealing::KeyRing& keys, const std::string& table) {
        const auto column = table + ".sealed";
        SQLite::Statement each{db, "SELECT rowid, sealed FROM " + table + chosen(table)};
        Tally tally;
        while (each.executeStep()) {
            if (each.isColumnNull(1)) continue;
            const auto row = each.getColumn(0).getInt64();
            const auto sealed = each.getColumn(1).getString();
            tally.count(row, [&] { keys.open({column, row}, sealed); });
        }
        tell(table, tally);
    }

    /// Which rows are opened: the oldest and the newest, or all.
    std::string chosen(const std::string& table) const {
        if (options_.full) return {};
        const auto end = [&](const char* order) {
            return "SELECT * FROM (SELECT rowid FROM " + table + " ORDER BY rowid " + order + " LIMIT " +
                   std::to_string(kSample) + ")";
        };
        return " WHERE rowid IN (" + end("ASC") + " UNION " + end("DESC") + ")";
    }

    struct Tally {
        std::int64_t opened = 0;
        std::int64_t failed = 0;
        std::int64_t first_failed = 0;
        template <class Open>
        void count(std::int64_t row, const Open& open) {
            try {
                open();
                ++opened;
            } catch (const sealing::Damaged&) {
                if (failed++ == 0) first_failed = row;
            }
            if ((opened + failed) % kOpenedAtOnce == 0) stand_back();
        }
    };

    void tell(const std::string& table, const Tally& tally) {
        found_.opened += tally.opened;
        if (tally.failed == 0) return;
        find_about_it("has " + std::to_string(tally.failed) + " sealed values in " + table +
                      " that do not open, the first in row " + std::to_string(tally.first_failed) +
                      ": use another backup.");
    }

    const VerifyOptions& options_;
    Verification found_{};
};

}  // namespace

core::Result<std::optional<bool>> key_fits(const fs::path& database, const sealing::Key& key) {
    try {
        std::error_code ignored;
        if (!fs::exists(database, ignored)) return std::optional<bool>{};
        SQLite::Database db{database, SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX};
        if (!db.tableExists("data_key")) return std::optional<bool>{};
        db.exec("BEGIN");
        NoRandom random;
        KeyTable table{db};
        return sealing::KeyRing{key, table, random}.fits_shelf();
    } catch (const SQLite::Exception& error) {
        return refusal(database, error);
    }
}

}  // namespace harborline::storage::sqlite

namespace harborline::storage {

Verification verify_sqlite(const VerifyOptions& options) {
    if (sodium_init() < 0) return {.findings = {"libsodium does not start."}};
    return sqlite::Verifier{options}.verify();
}

}  // namespace harborline::storage
