#include <sqlite3.h>
#include <sys/stat.h>

#include "storage/sqlite/database.hpp"
#include "tests/storage/store_fixture.hpp"

namespace harborline::storage {
namespace {

namespace fs = std::filesystem;

int mode_of(const fs::path& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? static_cast<int>(status.st_mode & 0777) : -1;
}

void write(const fs::path& path, const std::string& bytes) {
    std::ofstream{path, std::ios::binary | std::ios::trunc} << bytes;
}

/// Counts the pages that connections opened in its lifetime read from their files; memory that they keep counts
/// nothing.
class PagesRead {
  public:
    PagesRead() {
        pages_ = 0;
        sqlite3_auto_extension(reinterpret_cast<void (*)()>(&watch));
    }
    ~PagesRead() { sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(&watch)); }
    int count() const { return pages_; }

  private:
    static int watch(sqlite3* db, const char** /*error*/, const sqlite3_api_routines* /*api*/) {
        return sqlite3_trace_v2(db, SQLITE_TRACE_PROFILE, &add, db);
    }
    static int add(unsigned /*event*/, void* db, void* /*statement*/, void* /*duration*/) {
        int since_last = 0;
        int none = 0;
        sqlite3_db_status(static_cast<sqlite3*>(db), SQLITE_DBSTATUS_CACHE_MISS, &since_last, &none, 1);
        pages_ += since_last;
        return 0;
    }
    static inline int pages_ = 0;
};

class Open_Test : public StoreFixture {
  protected:
    /// How many pages a start reads.
    int pages_of_a_start() {
        store.reset();
        const PagesRead read;
        store = open(options(++seed_));
        return read.count();
    }
    /// The words of a refusal; empty where the store opens.
    std::string refusal(StoreOptions with) {
        auto opened = open_sqlite(with);
        return opened ? "" : opened.error().message;
    }
    std::string refusal() { return refusal(options(99)); }
    void make_database() {
        store = open();
        run([](Transaction& tx) { tx.handsets().find_or_add(number(1), {}); });
        store.reset();
    }
};

TEST_F(Open_Test, MakesEverythingForTheOwnerAlone) {
    const auto umask_before = ::umask(0);
    store = open();
    run([](Transaction& tx) { tx.handsets().find_or_add(number(1), {}); });
    back_up(folder / "backup.db");
    ::umask(umask_before);

    for (const char* name : {"harborline.db", "harborline.db-wal", "harborline.db-shm", "master.key", "backup.db"})
        EXPECT_EQ(mode_of(folder / name), 0600) << name;
}

TEST_F(Open_Test, ClosesAnExistingFileToOthers) {
    make_database();
    fs::permissions(folder / "harborline.db", fs::perms{0644});

    store = open();

    EXPECT_EQ(mode_of(folder / "harborline.db"), 0600);
}

TEST_F(Open_Test, RefusesAMissingKeyAndMakesNone) {
    make_database();
    fs::remove(folder / "master.key");

    EXPECT_NE(refusal().find("is missing"), std::string::npos) << refusal();
    EXPECT_FALSE(fs::exists(folder / "master.key"));
}

TEST_F(Open_Test, RefusesAWrongKey) {
    make_database();
    write(folder / "master.key", std::string(32, 'k'));

    EXPECT_NE(refusal().find("not the one this database was sealed with"), std::string::npos) << refusal();
}

TEST_F(Open_Test, RefusesAKeyOfTheWrongLength) {
    make_database();
    for (const std::size_t size : {0U, 31U, 33U}) {
        write(folder / "master.key", std::string(size, 'k'));
        EXPECT_NE(refusal().find("not 32 bytes"), std::string::npos) << size;
    }
}

TEST_F(Open_Test, RefusesAKeyThatOthersCanRead) {
    make_database();
    for (const int mode : {0640, 0604, 0660}) {
        fs::permissions(folder / "master.key", fs::perms(mode));
        EXPECT_NE(refusal().find("can be read by others"), std::string::npos) << mode;
    }
}

TEST_F(Open_Test, RefusesAKeyThatIsAFolder) {
    auto with = options();
    with.master_key = folder / "master.key";
    fs::create_directory(with.master_key);
    fs::permissions(with.master_key, fs::perms{0700});

    EXPECT_NE(refusal(with).find("is not a file"), std::string::npos);
}

TEST_F(Open_Test, KeepsAKeyThatIsThereForANewDatabase) {
    write(folder / "master.key", std::string(32, 'k'));
    fs::permissions(folder / "master.key", fs::perms{0600});

    store = open();

    EXPECT_EQ(bytes_of(folder / "master.key"), std::string(32, 'k'));
}

TEST_F(Open_Test, RefusesANewerDatabaseInWords) {
    make_database();
    SQLite::Database{folder / "harborline.db", SQLite::OPEN_READWRITE}.exec("PRAGMA user_version = 999");

    EXPECT_NE(refusal().find("is of version 999"), std::string::npos) << refusal();
}

/// A new program beside the old service: its first command must not change the tables under it.
TEST_F(Open_Test, RefusesAnOlderDatabaseToACommandAndMigratesItForTheService) {
    make_database();
    make_old_database(folder / "harborline.db", 12);
    for (const bool reads_only : {true, false}) {
        auto with = options();
        with.may_create = false;
        with.reads_only = reads_only;
        EXPECT_NE(refusal(with).find("is of an older version"), std::string::npos) << refusal(with);
    }
    back_up_sqlite(folder / "harborline.db", folder / "backup.db");

    for (const char* name : {"harborline.db", "backup.db"}) {
        SQLite::Database db{folder / name, SQLite::OPEN_READWRITE};
        EXPECT_EQ(db.execAndGet("PRAGMA user_version").getInt(), 12) << name;
    }
    EXPECT_EQ(refusal(), "");
    auto with = options();
    with.may_create = false;
    EXPECT_EQ(refusal(with), "");
}

TEST_F(Open_Test, AMissingDatabaseIsNotBackedUp) {
    EXPECT_THROW(back_up_sqlite(folder / "harborline.db", folder / "backup.db"), std::runtime_error);
    EXPECT_FALSE(fs::exists(folder / "backup.db"));
}

TEST_F(Open_Test, RefusesAMissingDatabaseToACommandAndMakesNothing) {
    auto with = options();
    with.may_create = false;

    EXPECT_NE(refusal(with).find("does not exist"), std::string::npos);
    EXPECT_FALSE(fs::exists(folder / "harborline.db"));
    EXPECT_FALSE(fs::exists(folder / "master.key"));
}

TEST_F(Open_Test, RefusesWhatIsNoDatabase) {
    write(folder / "harborline.db", std::string(8'192, 'j'));

    EXPECT_NE(refusal().find("is damaged or no database"), std::string::npos) << refusal();
    EXPECT_EQ(bytes_of(folder / "harborline.db"), std::string(8'192, 'j'));
}

TEST_F(Open_Test, RefusesSomebodyElsesDatabase) {
    SQLite::Database{folder / "harborline.db", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE}.exec("CREATE TABLE t (x)");

    EXPECT_NE(refusal().find("belongs to another program"), std::string::npos) << refusal();
}

TEST_F(Open_Test, RefusesAFolderThatDoesNotExist) {
    auto with = options();
    with.database = folder / "nowhere" / "harborline.db";

    EXPECT_NE(refusal(with).find("cannot be made"), std::string::npos);
}

TEST_F(Open_Test, KeepsItsSecretsForLife) {
    store = open();
    const auto reference = store->secret(SecretPurpose::kReferenceNumbers);
    const auto repeat = store->secret(SecretPurpose::kRepeatHash);

    reopen();

    EXPECT_EQ(store->secret(SecretPurpose::kReferenceNumbers), reference);
    EXPECT_EQ(store->secret(SecretPurpose::kRepeatHash), repeat);
    EXPECT_NE(reference, repeat);
}

// Every repository prepares all its statements when a store is opened, so one that does not fit the schema shows here.
TEST_F(Open_Test, PreparesEveryStatementOnAFreshSchema) {
    EXPECT_EQ(refusal(), "");
}

TEST_F(Open_Test, AStartDoesNotReadTheKeysOfEveryMatter) {
    store = open();
    const int few = pages_of_a_start();
    run([](Transaction& tx) {
        connection(tx).exec(R"sql(
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
            INSERT INTO data_key (id, purpose, subject, wrapped) SELECT 1000 + i, 99, i, zeroblob(72) FROM n)sql");
    });

    const int many = pages_of_a_start();

    EXPECT_GT(few, 0);
    EXPECT_LE(many, few + 12);  // The keys of the start lie some levels deeper in their trees.
}

TEST_F(Open_Test, RunsTheWayThatKeepsWhatWasAcknowledged) {
    store = open();

    const auto pragma = [this](const char* name) {
        return run(
            [&](Transaction& tx) { return connection(tx).execAndGet(std::string{"PRAGMA "} + name).getString(); });
    };

    EXPECT_EQ(pragma("journal_mode"), "wal");
    EXPECT_EQ(pragma("synchronous"), "2");
    EXPECT_EQ(pragma("foreign_keys"), "1");
    EXPECT_EQ(pragma("page_size"), "4096");
    EXPECT_EQ(pragma("locking_mode"), "normal");
    EXPECT_EQ(pragma("wal_autocheckpoint"), "0");  // No commit waits for a checkpoint.
}

TEST_F(Open_Test, ABackupIsAWholeDatabaseAndReplacesNothing) {
    store = open();
    run([](Transaction& tx) { tx.handsets().find_or_add(number(1), {}); });

    back_up(folder / "backup.db");

    EXPECT_THROW(back_up(folder / "backup.db"), std::runtime_error);
    auto with = options(5);
    with.database = folder / "backup.db";
    auto restored = open(with);
    EXPECT_TRUE(in(*restored, [](Transaction& tx) { return tx.handsets().find(number(1)).has_value(); }));
}

TEST_F(Open_Test, ABackupOffersTheProcessorEveryFourPages) {
    store = open();
    run([](Transaction& tx) {
        connection(tx).exec("CREATE TABLE ballast (bytes)");
        connection(tx).exec("INSERT INTO ballast VALUES (zeroblob(400000))");
    });

    int offers = 0;
    sqlite::copy_database(folder / "harborline.db", folder / "copy.db", [&] { ++offers; });

    const auto pages = static_cast<int>(fs::file_size(folder / "copy.db") / 4096);
    EXPECT_GT(pages, 97);
    EXPECT_GE(offers, pages / 4 - 1);
}

TEST_F(Open_Test, AFailedBackupLeavesNothingBehind) {
    store = open();

    EXPECT_THROW(back_up(folder / "nowhere" / "backup.db"), std::runtime_error);
    EXPECT_FALSE(fs::exists(folder / "nowhere"));
}

}  // namespace
}  // namespace harborline::storage
