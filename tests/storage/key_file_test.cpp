#include "storage/sealing/key_file.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>

#include "tests/storage/store_fixture.hpp"

namespace harborline::storage {
namespace {

namespace fs = std::filesystem;

void write_key(const fs::path& path, const std::string& bytes) {
    std::ofstream{path, std::ios::binary | std::ios::trunc} << bytes;
    fs::permissions(path, fs::perms{0600});
}

struct KeyTrouble {
    const char* name;
    void (*spoil)(const fs::path& key);
    const char* words;  ///< Of the refusal of a database that was sealed with this key.
    bool fits_a_new_database = false;
};

constexpr KeyTrouble kTroubles[]{
    {"Gone", [](const fs::path& key) { fs::remove(key); }, "is missing", true},
    {"Unreadable",
     [](const fs::path& key) {
         // Root reads a file of any mode; nobody reads a name that leads to itself.
         fs::remove(key);
         fs::create_symlink(key.filename(), key);
     },
     "cannot be read"},
    {"OpenToOthers", [](const fs::path& key) { fs::permissions(key, fs::perms{0644}); }, "run chmod 600"},
    {"Changed", [](const fs::path& key) { write_key(key, std::string(32, 'k')); },
     "not the one this database was sealed with", true},
    {"Truncated", [](const fs::path& key) { fs::resize_file(key, 16); }, "is not 32 bytes long"},
    {"Empty", [](const fs::path& key) { fs::resize_file(key, 0); }, "is not 32 bytes long"},
    {"AFolder",
     [](const fs::path& key) {
         fs::remove(key);
         fs::create_directory(key);
         fs::permissions(key, fs::perms{0700});
     },
     "is not a file"},
};

void PrintTo(const KeyTrouble& trouble, std::ostream* out) {
    *out << trouble.name;
}

class KeyFile_Test : public StoreFixture, public ::testing::WithParamInterface<KeyTrouble> {
  protected:
    KeyFile_Test() {
        store = open();
        right_ = bytes_of(key_);
        take("before");
    }
    void take(const std::string& identity) {
        run([&](Transaction& tx) { tx.turns().append(some_turn(identity)); });
    }
    std::size_t turns_that_open() {
        return run([](Transaction& tx) { return tx.turns().since({}, 100).size(); });
    }
    std::string refusal(const StoreOptions& with) {
        auto opened = open_sqlite(with);
        return opened ? "" : opened.error().message;
    }
    /// All that can be said of what stands under a name, without following it.
    static std::string standing(const fs::path& path) {
        const auto status = fs::symlink_status(path);
        const auto kind = std::to_string(static_cast<int>(status.type()));
        return kind + (fs::is_regular_file(status) ? bytes_of(path) : "");
    }
    void put_back() {
        fs::remove_all(key_);
        write_key(key_, right_);
    }

    const fs::path key_ = folder / "master.key";
    std::string right_{};
};

TEST_P(KeyFile_Test, AtStartIsRefusedInWordsAndNothingIsOverwritten) {
    store.reset();
    GetParam().spoil(key_);
    const auto before = standing(key_);

    EXPECT_NE(refusal(options(50)).find(GetParam().words), std::string::npos) << refusal(options(51));

    EXPECT_EQ(standing(key_), before);
    put_back();
    store = open(options(52));
    EXPECT_EQ(turns_that_open(), 1U);
}

TEST_P(KeyFile_Test, WhileRunningHarmsNothingUntilTheNextStart) {
    GetParam().spoil(key_);
    const auto spoiled = standing(key_);

    take("while it is spoilt");
    clock.advance(40 * 24h);
    take("under a new period's key");
    run([this](Transaction& tx) {
        tx.staff().replace(roster_of({"li"}), clock.now());
        tx.cases().open(some_case(tx, tx.staff().by_key("li")->id));
    });
    back_up(folder / "backup.db");
    EXPECT_TRUE(store->healthy());
    EXPECT_EQ(standing(key_), spoiled);
    store.reset();
    EXPECT_NE(refusal(options(50)).find(GetParam().words), std::string::npos);

    put_back();
    store = open(options(52));
    EXPECT_EQ(turns_that_open(), 3U);
    EXPECT_EQ(run([](Transaction& tx) { return tx.cases().find({1})->category; }), "land");
}

TEST_P(KeyFile_Test, BesideANewDatabaseIsNeverOverwritten) {
    store.reset();
    for (const char* name : {"harborline.db", "harborline.db-wal", "harborline.db-shm"}) fs::remove(folder / name);
    GetParam().spoil(key_);
    const bool was_there = fs::exists(fs::symlink_status(key_));
    const auto before = standing(key_);

    const auto said = refusal(options(50));

    EXPECT_EQ(said.empty(), GetParam().fits_a_new_database) << said;
    EXPECT_TRUE(!was_there || standing(key_) == before);
    if (!said.empty()) {
        put_back();
        EXPECT_EQ(refusal(options(51)), "");
    }
}

INSTANTIATE_TEST_SUITE_P(Keys, KeyFile_Test, ::testing::ValuesIn(kTroubles),
                         [](const auto& param_info) { return param_info.param.name; });

class MasterKey_Test : public ::testing::Test {
  protected:
    std::size_t files() const {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator{folder / "."}, {}));
    }
    testing::TemporaryFolder folder{};
    testing::FakeRandom random{};
    const fs::path path = folder / "master.key";
};

/// As long as it lives, no file of this process grows beyond some bytes: what a full disk does, to the key alone.
class NoRoom {
  public:
    explicit NoRoom(rlim_t bytes) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        auto small = before_;
        small.rlim_cur = bytes;
        ::setrlimit(RLIMIT_FSIZE, &small);
    }
    NoRoom(const NoRoom&) = delete;
    NoRoom& operator=(const NoRoom&) = delete;
    ~NoRoom() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }

  private:
    rlimit before_{};
    void (*handler_)(int) = std::signal(SIGXFSZ, SIG_IGN);
};

TEST_F(MasterKey_Test, AFullDiskLeavesNoHalfKeyAndTheNextTryMakesAWholeOne) {
    for (const rlim_t room : {0, 16}) {
        const NoRoom full{room};
        const auto made = sealing::make_master_key(path, random);
        EXPECT_FALSE(made);
        EXPECT_EQ(files(), 0U);
    }

    EXPECT_TRUE(sealing::make_master_key(path, random));

    EXPECT_TRUE(sealing::read_master_key(path));
    EXPECT_EQ(files(), 1U);
}

// In a container the service has the same process id at every start.
TEST_F(MasterKey_Test, WhatAStartThatWasKilledLeftIsNoHindrance) {
    write_key(path.string() + ".new" + std::to_string(::getpid()), "half a ke");

    EXPECT_TRUE(sealing::make_master_key(path, random));

    EXPECT_EQ(files(), 1U);
}

}  // namespace
}  // namespace harborline::storage
