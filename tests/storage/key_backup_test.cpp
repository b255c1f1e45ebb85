#include "storage/key_backup.hpp"

#include <sys/stat.h>

#include <cerrno>

#include "storage/files/files.hpp"
#include "storage/sealing/day_keys.hpp"
#include "storage/sealing/key_backup.hpp"
#include "storage/sealing/key_file.hpp"
#include "tests/storage/store_fixture.hpp"

namespace harborline::storage {
namespace {

namespace fs = std::filesystem;

const core::Secret kPassphrase{"five plain words in a row"};
/// The least that libsodium takes: these tests are not about what a guess costs.
constexpr sealing::GuessCost kCheap{.passes = 1, .memory_bytes = 8'192};

class KeyBackup_Test : public ::testing::Test {
  protected:
    KeyBackup_Test() { random_.fill(key_.writable()); }
    std::string locked() { return sealing::lock_key(key_, kPassphrase, random_, kCheap).value(); }
    static std::string refusal(std::string_view backup, const core::Secret& with = kPassphrase) {
        const auto key = sealing::unlock_key(backup, with);
        return key ? "" : key.error().message;
    }
    std::string key_bytes() const { return {reinterpret_cast<const char*>(key_.data()), sealing::Key::kSize}; }

    testing::FakeRandom random_{3};
    sealing::Key key_{};
};

TEST_F(KeyBackup_Test, OpensWithItsPassphraseAlone) {
    const auto backup = locked();

    const auto opened = sealing::unlock_key(backup, kPassphrase);
    ASSERT_TRUE(opened);
    EXPECT_EQ(std::memcmp(opened->data(), key_.data(), sealing::Key::kSize), 0);
    for (const char* other : {"five plain words in a roW", "five plain words in a row ", ""})
        EXPECT_NE(refusal(backup, core::Secret{other}).find("does not open with this passphrase"), std::string::npos);
}

TEST_F(KeyBackup_Test, SaysWhatItIsAndHowTheKeyIsPutBack) {
    const auto first_line = locked().substr(0, locked().find('\n'));

    EXPECT_NE(first_line.find("Harborline master key backup, version 1"), std::string::npos);
    EXPECT_NE(first_line.find("harborline key restore"), std::string::npos);
}

TEST_F(KeyBackup_Test, HoldsNoByteOfTheKeyOrThePassphrase) {
    const auto backup = locked();

    for (std::size_t at = 0; at + 4 <= sealing::Key::kSize; ++at)
        EXPECT_EQ(backup.find(key_bytes().substr(at, 4)), std::string::npos);
    EXPECT_EQ(backup.find("five"), std::string::npos);
    EXPECT_NE(backup, locked()) << "the same key and passphrase must not be recognised";
}

TEST_F(KeyBackup_Test, BearsWhatPrintersAndOtherSystemsDoToLines) {
    auto backup = locked();
    for (auto at = backup.find('\n'); at != std::string::npos; at = backup.find('\n', at + 3))
        backup.replace(at, 1, " \r\n");

    EXPECT_EQ(refusal(backup), "");
}

TEST_F(KeyBackup_Test, HalfAFileIsNotMistakenForAWrongPassphrase) {
    const auto backup = locked();

    for (std::size_t size = 0; size + 1 < backup.size(); ++size) {
        const auto words = refusal(std::string_view{backup}.substr(0, size));
        EXPECT_TRUE(words.find("cut short") != std::string::npos || words.find("no backup") != std::string::npos ||
                    words.find("newer program") != std::string::npos)
            << size << ": " << words;
    }
}

TEST_F(KeyBackup_Test, NoChangedByteBehindTheTitlePasses) {
    const auto backup = locked();

    for (auto at = backup.find("kdf"); at < backup.size(); ++at) {
        if (backup[at] == '\n') continue;
        auto changed = backup;
        changed[at] = changed[at] == 'A' ? 'B' : 'A';
        const auto words = refusal(changed);
        EXPECT_TRUE(words.find("damaged") != std::string::npos || words.find("cut short") != std::string::npos)
            << at << ": " << words;
    }
}

struct ForeignCase {
    std::string name;
    std::string content;
    std::string refusal;
};
class ForeignKeyBackup : public KeyBackup_Test, public ::testing::WithParamInterface<ForeignCase> {};
TEST_P(ForeignKeyBackup, IsRefusedInWords) {
    EXPECT_NE(refusal(GetParam().content).find(GetParam().refusal), std::string::npos) << refusal(GetParam().content);
}
INSTANTIATE_TEST_SUITE_P(
    Files, ForeignKeyBackup,
    ::testing::Values(ForeignCase{"Empty", "", "is no backup"},
                      ForeignCase{"TheKeyItself", std::string(32, 'k'), "is no backup"},
                      ForeignCase{"Newer", "Harborline master key backup, version 2. Other things\n", "newer program"},
                      ForeignCase{"Version10", "Harborline master key backup, version 10. Others\n", "newer program"},
                      ForeignCase{"WantsAllMemory",
                                  "Harborline master key backup, version 1. x\nkdf argon2id 3 99999999999999\nsalt "
                                  "AAAA\nsealed AAAA\ncheck 0123456789abcdef\n",
                                  "is damaged"}),
    [](const auto& param_info) { return param_info.param.name; });

/// The files around it, at the cost that the program uses.
class KeyBackupFile_Test : public StoreFixture {
  protected:
    KeyBackupFile_Test() {
        store = open();
        store.reset();
        backed_up_ = back_up_key(key_, backup_, kPassphrase, random_);
    }
    std::string restoring(const fs::path& from) {
        const auto restored = restore_key(from, key_, folder / "harborline.db", kPassphrase);
        return restored ? "" : restored.error().message;
    }

    testing::FakeRandom random_{5};
    const fs::path key_ = folder / "master.key";
    const fs::path backup_ = folder / "key.txt";
    core::Result<void> backed_up_ = core::Error{};
};

TEST_F(KeyBackupFile_Test, GoesAndComesBackForTheOwnerAlone) {
    ASSERT_TRUE(backed_up_);
    const auto before = bytes_of(key_);
    fs::remove(key_);

    const auto restored = restore_key(backup_, key_, folder / "harborline.db", kPassphrase);

    ASSERT_TRUE(restored);
    EXPECT_TRUE(restored->fits_database);
    EXPECT_EQ(bytes_of(key_), before);
    for (const auto& file : {key_, backup_}) {
        struct stat status {};
        ASSERT_EQ(::stat(file.c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 0777U, 0600U);
    }
    store = open();
}

TEST_F(KeyBackupFile_Test, I7_NoKeyOfALetterComesBackWithIt) {
    const auto days = sealing::day_keys_folder(key_);
    ASSERT_FALSE(fs::is_empty(days));
    for (const auto& day : fs::directory_iterator{days})
        EXPECT_EQ(bytes_of(backup_).find(bytes_of(day.path())), std::string::npos);
    fs::remove_all(days);
    fs::remove(key_);

    ASSERT_TRUE(restore_key(backup_, key_, folder / "harborline.db", kPassphrase));

    EXPECT_FALSE(fs::exists(days));
}

TEST_F(KeyBackupFile_Test, OverwritesNothing) {
    const auto key = bytes_of(key_);
    const auto backup = bytes_of(backup_);

    const auto again = back_up_key(key_, backup_, kPassphrase, random_);

    EXPECT_FALSE(again);
    EXPECT_EQ(bytes_of(backup_), backup);
    EXPECT_NE(restoring(backup_).find("never overwritten"), std::string::npos);
    EXPECT_EQ(bytes_of(key_), key);
}

/// A stick's FAT knows no links.
TEST_F(KeyBackupFile_Test, WithoutLinksItIsWrittenAllTheSameAndOverwritesNothing) {
    const auto draft = folder / "draft";
    const auto place = folder / "stick.txt";
    std::ofstream{draft} << "one";
    ASSERT_TRUE(files::publish_without_link(draft, place));
    EXPECT_EQ(bytes_of(place), "one");

    std::ofstream{draft} << "two";
    EXPECT_FALSE(files::publish_without_link(draft, place));
    EXPECT_EQ(errno, EEXIST);
    EXPECT_EQ(bytes_of(place), "one");
}

TEST_F(KeyBackupFile_Test, AKeyOfAnotherDatabaseIsNotPutBack) {
    fs::remove(key_);
    for (const char* name : {"harborline.db", "harborline.db-wal", "harborline.db-shm"}) fs::remove(folder / name);
    store = open(options(8));
    store.reset();
    fs::rename(key_, folder / "other.key");

    EXPECT_NE(restoring(backup_).find("not the one of the database"), std::string::npos);
    EXPECT_FALSE(fs::exists(key_));
}

TEST_F(KeyBackupFile_Test, WithoutADatabaseTheKeyComesBackUntried) {
    fs::remove(key_);
    for (const char* name : {"harborline.db", "harborline.db-wal", "harborline.db-shm"}) fs::remove(folder / name);

    const auto restored = restore_key(backup_, key_, folder / "harborline.db", kPassphrase);

    ASSERT_TRUE(restored);
    EXPECT_FALSE(restored->fits_database);
    EXPECT_EQ(restored->why_not_asked, "");
}

/// The key is needed to bring back a backup; but nobody is told that there was no database.
TEST_F(KeyBackupFile_Test, ADatabaseThatCannotBeAskedIsToldApartFromNone) {
    fs::remove(key_);
    for (const char* name : {"harborline.db-wal", "harborline.db-shm"}) fs::remove(folder / name);
    std::ofstream{folder / "harborline.db", std::ios::trunc} << std::string(8'192, 'j');

    const auto restored = restore_key(backup_, key_, folder / "harborline.db", kPassphrase);

    ASSERT_TRUE(restored);
    EXPECT_FALSE(restored->fits_database);
    EXPECT_NE(restored->why_not_asked.find("is damaged or no database"), std::string::npos) << restored->why_not_asked;
    EXPECT_TRUE(fs::exists(key_));
}

TEST_F(KeyBackupFile_Test, AMissingFileIsNamed) {
    fs::remove(key_);

    EXPECT_NE(restoring(folder / "nowhere.txt").find("nowhere.txt cannot be read"), std::string::npos);
}

}  // namespace
}  // namespace harborline::storage
