#include "storage/recordings.hpp"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>

#include "storage/files/recording_vault.hpp"
#include "storage/verification.hpp"
#include "tests/storage/store_fixture.hpp"

namespace harborline::storage {
namespace {

namespace fs = std::filesystem;
using core::ErrorKind;

class RecordingVault_Test : public ::testing::Test {
  protected:
    std::string audio(std::size_t size) {
        std::string bytes(size, '\0');
        random_.fill(std::as_writable_bytes(std::span{bytes}));
        return bytes;
    }
    core::Result<std::string> read() { return vault_.read(seal_, recording_digest(plain_)); }
    fs::path file() const { return vault_.folder() / seal_.name; }
    void replace(const std::string& bytes) { std::ofstream(file(), std::ios::binary) << bytes; }

    testing::TemporaryFolder folder_;
    testing::FakeRandom random_{5};
    RecordingVault vault_{folder_ / "recordings"};
    RecordingSeal seal_ = new_recording_seal(random_);
    std::string plain_ = audio(150'000);  // Three pieces.
};

TEST_F(RecordingVault_Test, ReadsBackWhatItWroteUnderAUselessName) {
    ASSERT_TRUE(vault_.write(seal_, plain_));

    EXPECT_EQ(read().value(), plain_);
    EXPECT_EQ(seal_.name.size(), 32U);
    EXPECT_NE(new_recording_seal(random_).name, seal_.name);
    struct stat about {};
    ASSERT_EQ(::stat(file().c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777, 0600U);
    ASSERT_EQ(::stat(vault_.folder().c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777, 0700U);
    EXPECT_EQ(bytes_of(file()).find(plain_.substr(0, 16)), std::string::npos);
    EXPECT_THAT(vault_.names(), ::testing::ElementsAre(seal_.name));
}

TEST_F(RecordingVault_Test, SaysBeforehandWhereItCouldNotWrite) {
    EXPECT_TRUE(vault_.may_write());
    EXPECT_FALSE(fs::exists(vault_.folder())) << "to ask makes nothing";
    EXPECT_TRUE(RecordingVault{folder_ / "not" / "yet" / "there"}.may_write());
    std::ofstream{folder_ / "file"} << "no folder";
    EXPECT_FALSE(RecordingVault{folder_ / "file"}.may_write());
    EXPECT_FALSE(RecordingVault{folder_ / "file" / "recordings"}.may_write());

    ASSERT_TRUE(vault_.write(seal_, plain_));
    EXPECT_TRUE(vault_.may_write());
}

TEST_F(RecordingVault_Test, TakesNothingAndWhatFillsItsPiecesExactly) {
    for (const std::size_t size : {0UL, 1UL, 65'536UL, 131'072UL}) {
        seal_ = new_recording_seal(random_);
        plain_ = audio(size);
        ASSERT_TRUE(vault_.write(seal_, plain_));
        EXPECT_EQ(read().value(), plain_) << size;
    }
}

TEST_F(RecordingVault_Test, ATornFileIsFoundWhereverItTore) {
    ASSERT_TRUE(vault_.write(seal_, plain_));
    const std::string whole = bytes_of(file());

    for (const std::size_t size : {0UL, 7UL, 20UL, 40UL, 65'585UL, 131'138UL, whole.size() - 1}) {
        replace(whole.substr(0, size));
        EXPECT_EQ(read().error().kind, ErrorKind::kMalformed) << size;
    }
    replace(whole + "x");
    EXPECT_EQ(read().error().kind, ErrorKind::kMalformed);
}

TEST_F(RecordingVault_Test, AChangedByteIsFoundInEveryRegion) {
    ASSERT_TRUE(vault_.write(seal_, plain_));
    const std::string whole = bytes_of(file());

    // Mark, header, then of each piece: its kind, its words, its tag.
    for (const std::size_t at : {0UL, 9UL, 32UL, 1'000UL, 65'580UL, 65'585UL, 90'000UL, whole.size() - 1}) {
        std::string changed = whole;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        replace(changed);
        EXPECT_EQ(read().error().kind, ErrorKind::kMalformed) << at;
    }
    replace(whole);
    EXPECT_TRUE(read());
}

TEST_F(RecordingVault_Test, PiecesOpenInTheirOrderUnderTheirNameAndKeyOnly) {
    ASSERT_TRUE(vault_.write(seal_, plain_));
    std::string whole = bytes_of(file());
    constexpr std::size_t kFirst = 32;
    constexpr std::size_t kPiece = 65'536 + 17;
    std::swap_ranges(whole.begin() + kFirst, whole.begin() + kFirst + kPiece, whole.begin() + kFirst + kPiece);

    const auto other = new_recording_seal(random_);
    fs::copy_file(file(), vault_.folder() / other.name);

    EXPECT_FALSE(vault_.read({other.name, seal_.key}, recording_digest(plain_)));
    EXPECT_FALSE(vault_.read({seal_.name, other.key}, recording_digest(plain_)));
    EXPECT_FALSE(vault_.read(seal_, recording_digest("something else")));
    replace(whole);
    EXPECT_FALSE(read());
}

TEST_F(RecordingVault_Test, AMissingFileIsSaidToBeMissingAndRemovingItAgainIsNothing) {
    ASSERT_TRUE(vault_.write(seal_, plain_));
    EXPECT_TRUE(vault_.has(seal_.name));

    EXPECT_TRUE(vault_.remove(seal_.name));

    EXPECT_FALSE(vault_.has(seal_.name));
    EXPECT_EQ(read().error().kind, ErrorKind::kNotFound);
    EXPECT_TRUE(vault_.remove(seal_.name));
}

TEST_F(RecordingVault_Test, ANameLeadsNowhereElseAndIsNeverUsedTwice) {
    folder_.write("secret", "not a recording");
    ASSERT_TRUE(vault_.write(seal_, plain_));

    EXPECT_EQ(vault_.write(seal_, "other").error().kind, ErrorKind::kConflict);
    EXPECT_EQ(read().value(), plain_);
    for (const char* name : {"../secret", "", ".", "12345678901234567890123456789/12"}) {
        EXPECT_FALSE(vault_.read({.name = name}, recording_digest("")));
        EXPECT_FALSE(vault_.write({.name = name}, "x"));
        EXPECT_FALSE(vault_.remove(name));
    }
    EXPECT_TRUE(fs::exists(folder_ / "secret"));
}

/// No file of this process may grow beyond so many bytes while it lives: a disk that is full.
class FullDisk {
  public:
    explicit FullDisk(rlim_t bytes) : before_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &limit_);
        const rlimit small{bytes, limit_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &small);
    }
    ~FullDisk() {
        ::setrlimit(RLIMIT_FSIZE, &limit_);
        std::signal(SIGXFSZ, before_);
    }

  private:
    rlimit limit_{};
    void (*before_)(int);
};

TEST_F(RecordingVault_Test, AFullDiskIsAnErrorAndLeavesNothing) {
    {
        const FullDisk full{70'000};
        EXPECT_EQ(vault_.write(seal_, plain_).error().kind, ErrorKind::kUnavailable);
    }
    EXPECT_THAT(vault_.names(), ::testing::IsEmpty());
    EXPECT_TRUE(vault_.write(seal_, plain_));
}

TEST_F(RecordingVault_Test, OnlyOldFilesThatNoRowNamesAreOrphans) {
    const auto orphan = new_recording_seal(random_);
    const auto fresh = new_recording_seal(random_);
    for (const auto& one : {seal_, orphan, fresh}) ASSERT_TRUE(vault_.write(one, "x"));
    std::ofstream(vault_.folder() / (fresh.name + ".new17")) << "half";
    const auto now = fs::file_time_type::clock::now();
    for (const auto& name : {seal_.name, orphan.name, fresh.name + ".new17"})
        fs::last_write_time(vault_.folder() / name, now - 48h);

    const auto a_day_ago = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()) - 24h;
    EXPECT_EQ(vault_.remove_orphans({seal_.name}, a_day_ago), 2U);

    EXPECT_THAT(vault_.names(), ::testing::UnorderedElementsAre(seal_.name, fresh.name));
}

TEST_F(RecordingVault_Test, ACopyRestsBehindEachFileAndHasWhatWasThereAlready) {
    const auto other = new_recording_seal(random_);
    for (const auto& one : {seal_, other}) ASSERT_TRUE(vault_.write(one, plain_));
    const RecordingVault copy{folder_ / "copy"};
    std::vector<std::size_t> rests;
    const auto rest = [&](std::size_t bytes) { rests.push_back(bytes); };

    ASSERT_TRUE(vault_.copy_to(copy.folder(), rest));
    ASSERT_TRUE(vault_.copy_to(copy.folder()));

    EXPECT_THAT(rests, ::testing::ElementsAre(fs::file_size(file()), fs::file_size(file())));
    for (const auto& one : {seal_, other}) EXPECT_EQ(copy.read(one, recording_digest(plain_)).value(), plain_);
    EXPECT_EQ(copy.names().size(), 2U);
}

class Recordings_Test : public OpenStoreFixture {
  protected:
    Recording some_recording(Recording::State state = Recording::State::kKept) {
        const auto seal = new_recording_seal(random_);
        return {.name = seal.name,
                .channel = "phone",
                .handset = {1},
                .call = "CA0001",
                .created_at = clock.now(),
                .state = state,
                .bytes = 5,
                .length = 1'500ms,
                .digest = recording_digest("voice"),
                .key = seal.key,
                .carrier_url = state == Recording::State::kFetching ? "http://127.0.0.1/r/1" : "",
                .due_at = clock.now()};
    }
    Recording kept() {
        const auto recording = some_recording();
        EXPECT_TRUE(vault_.write({recording.name, recording.key}, "voice"));
        run([&](Transaction& tx) { tx.recordings().add(recording); });
        return recording;
    }
    std::optional<Recording> find(const std::string& name) {
        return run([&](Transaction& tx) { return tx.recordings().find(name); });
    }
    std::vector<std::string> due() {
        return run([&](Transaction& tx) { return tx.recordings().due(clock.now(), 10); });
    }
    Verification verify() {
        const auto copy = folder / ("copy" + std::to_string(++copies_));
        back_up(copy);
        return verify_sqlite({.file = copy, .master_key = folder / "master.key", .recordings = vault_.folder()});
    }

    testing::FakeRandom random_{6};
    RecordingVault vault_{folder / "recordings"};
    int copies_ = 0;
};

TEST_F(Recordings_Test, ARowComesBackAfterARestartAsItWasWritten) {
    auto recording = some_recording(Recording::State::kFetching);
    recording.attempts = 3;
    run([&](Transaction& tx) { tx.recordings().add(recording); });

    reopen();

    const auto found = find(recording.name);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->channel, "phone");
    EXPECT_EQ(found->handset, core::HandsetId{1});
    EXPECT_EQ(found->call, "CA0001");
    EXPECT_EQ(found->created_at, recording.created_at);
    EXPECT_EQ(found->state, Recording::State::kFetching);
    EXPECT_EQ(found->bytes, 5);
    EXPECT_EQ(found->length, 1'500ms);
    EXPECT_EQ(found->digest, recording.digest);
    EXPECT_EQ(found->carrier_url, "http://127.0.0.1/r/1");
    EXPECT_EQ(found->attempts, 3);
    EXPECT_TRUE(std::equal(found->key.data(), found->key.data() + sealing::Key::kSize, recording.key.data()));
    EXPECT_FALSE(find("another"));
}

TEST_F(Recordings_Test, TheDatabaseAloneRevealsNeitherKeyNorCallNorAddress) {
    const auto recording = some_recording(Recording::State::kFetching);
    run([&](Transaction& tx) { tx.recordings().add(recording); });
    store->stop();

    const auto bytes = bytes_of(folder / "harborline.db");
    EXPECT_NE(bytes.find(recording.name), std::string::npos);
    EXPECT_EQ(bytes.find("CA0001"), std::string::npos);
    EXPECT_EQ(bytes.find("127.0.0.1"), std::string::npos);
    EXPECT_EQ(bytes.find(std::string{reinterpret_cast<const char*>(recording.key.data()), 8}), std::string::npos);
}

TEST_F(Recordings_Test, ANameIsUsedOnceAndMustBeThereToBeChanged) {
    const auto recording = some_recording();
    run([&](Transaction& tx) { tx.recordings().add(recording); });

    EXPECT_THROW(run([&](Transaction& tx) { tx.recordings().add(recording); }), std::logic_error);
    EXPECT_THROW(run([&](Transaction& tx) { tx.recordings().update(some_recording()); }), std::logic_error);
    EXPECT_THROW(run([&](Transaction& tx) { tx.recordings().add({}); }), std::logic_error);
}

TEST_F(Recordings_Test, AMatterHasItsRecordingsOldestFirstUnderItsOwnKey) {
    auto first = some_recording();
    clock.advance(1s);
    auto second = some_recording();
    run([&](Transaction& tx) {
        tx.recordings().add(second);
        tx.recordings().add(first);
        for (auto* one : {&first, &second}) {
            one->case_id = {7};
            tx.recordings().update(*one);
        }
    });

    const auto listed = run([&](Transaction& tx) { return tx.recordings().of_case({7}); });
    ASSERT_EQ(listed.size(), 2U);
    EXPECT_EQ(listed[0].name, first.name);
    EXPECT_EQ(listed[1].name, second.name);
    EXPECT_TRUE(run([&](Transaction& tx) { return tx.recordings().of_case({}); }).empty());
    // The matter's key destroyed, what it sealed is gone.
    run([&](Transaction& tx) { connection(tx).exec("DELETE FROM data_key WHERE purpose = 5 AND subject = 7"); });
    reopen();
    EXPECT_THROW(find(first.name), sealing::Damaged);
}

TEST_F(Recordings_Test, WorkAtTheCarrierIsDueUntilItKeepsNothing) {
    auto recording = some_recording(Recording::State::kFetching);
    run([&](Transaction& tx) {
        tx.recordings().add(some_recording());  // Never lay with a carrier.
        tx.recordings().add(recording);
    });
    ASSERT_EQ(due().size(), 1U);

    recording.due_at = clock.now() + 10s;
    run([&](Transaction& tx) { tx.recordings().update(recording); });
    EXPECT_TRUE(due().empty());
    clock.advance(10s);
    EXPECT_EQ(due().size(), 1U);

    recording.state = Recording::State::kKept;
    run([&](Transaction& tx) { tx.recordings().update(recording); });
    EXPECT_EQ(due().size(), 1U) << "ours is no reason to leave the carrier's";

    recording.carrier_url.clear();
    run([&](Transaction& tx) { tx.recordings().update(recording); });
    EXPECT_TRUE(due().empty());
}

TEST_F(Recordings_Test, OneThatCannotBeReadIsDueLikeAnyOtherUntilItIsPutOff) {
    auto unreadable = some_recording(Recording::State::kFetching);
    unreadable.case_id = {7};
    const auto other = some_recording(Recording::State::kFetching);
    run([&](Transaction& tx) {
        tx.recordings().add(unreadable);
        tx.recordings().add(other);
    });
    run([&](Transaction& tx) { connection(tx).exec("DELETE FROM data_key WHERE purpose = 5 AND subject = 7"); });
    reopen();
    EXPECT_THROW(find(unreadable.name), sealing::Damaged);

    EXPECT_EQ(due(), (std::vector{unreadable.name, other.name}));

    run([&](Transaction& tx) { tx.recordings().put_off(unreadable.name, clock.now() + 10min); });
    EXPECT_EQ(due(), std::vector{other.name});
}

TEST_F(Recordings_Test, AClockThatWasSetBackHoldsNothingUp) {
    auto recording = some_recording(Recording::State::kFetching);
    recording.due_at = clock.now() + 1h;
    run([&](Transaction& tx) { tx.recordings().add(recording); });

    clock.advance(-48h);

    EXPECT_EQ(due().size(), 1U);
}

TEST_F(Recordings_Test, VerifyMissesAFileAndHearsAChangedOne) {
    const auto first = kept();
    const auto second = kept();
    EXPECT_TRUE(verify().sound()) << verify().findings.front();
    EXPECT_EQ(verify().recordings, 2);

    std::ofstream(vault_.folder() / first.name, std::ios::app) << "x";
    ASSERT_TRUE(vault_.remove(second.name));

    const auto found = verify();
    EXPECT_EQ(found.recordings, 0);
    ASSERT_EQ(found.findings.size(), 2U);
    EXPECT_THAT(found.findings[0], ::testing::HasSubstr("1 recordings whose files are missing"));
    EXPECT_THAT(found.findings[1], ::testing::HasSubstr("damaged or were changed"));
}

TEST_F(Recordings_Test, WhatWasErasedIsNotMissed) {
    auto recording = kept();
    recording.state = Recording::State::kErased;
    run([&](Transaction& tx) { tx.recordings().update(recording); });
    ASSERT_TRUE(vault_.remove(recording.name));

    EXPECT_TRUE(verify().sound());
    EXPECT_TRUE(run([&](Transaction& tx) { return tx.recordings().kept_names(); }).empty());
}

}  // namespace
}  // namespace harborline::storage
