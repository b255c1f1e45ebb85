#include <set>

#include "gateway/audio/wav.hpp"
#include "storage/files/recording_vault.hpp"
#include "storage/open.hpp"
#include "tests/gateway/commands/program.hpp"

namespace harborline::gateway {
namespace {

using ::testing::HasSubstr;

class AudioCommands_Test : public CommandsOnACase {
  protected:
    /// So many recordings of the matter, the nth n times 100 ms long.
    void record(int count) {
        testing::FakeClock clock;
        testing::FakeRandom random{11};
        auto store = std::move(*storage::open_sqlite({.database = folder_ / "harborline.db",
                                                      .master_key = folder_ / "master.key",
                                                      .clock = &clock,
                                                      .random = &random}));
        const storage::RecordingVault vault{folder_ / "recordings"};
        for (int n = 1; n <= count; ++n) {
            const auto seal = storage::new_recording_seal(random);
            const auto wav = wav_of(n);
            ASSERT_TRUE(vault.write(seal, wav));
            store->run([&](storage::Transaction& tx) {
                tx.recordings().add({.name = seal.name,
                                     .case_id = tx.cases().list({}).at(0).id,
                                     .created_at = clock.now(),
                                     .bytes = static_cast<std::int64_t>(wav.size()),
                                     .length = std::chrono::milliseconds{100 * n},
                                     .digest = storage::recording_digest(wav),
                                     .key = seal.key});
            });
            clock.advance(std::chrono::seconds{1});
        }
        store->stop();
    }
    static std::string wav_of(int n) { return write_wav(Samples(static_cast<std::size_t>(800 * n), 1'000)); }
    Ran hear(const std::string& file, std::vector<std::string> more = {}) {
        more.insert(more.end(), {"--as", "li", "--audio", (folder_ / file).string()});
        return matter("show", std::move(more));
    }
    std::string read(const fs::path& file) { return config::read_text_file(file).value(); }
};

TEST_F(AudioCommands_Test, WhatSheHasToldIsHeardByANamedPersonAndWrittenDown) {
    record(2);

    const auto newest = hear("newest.wav");
    ASSERT_EQ(newest.status, 0) << newest.err;
    EXPECT_EQ(hear("first.wav", {"--recording", "1"}).status, 0);

    EXPECT_EQ(read(folder_ / "newest.wav"), wav_of(2));
    EXPECT_EQ(read(folder_ / "first.wav"), wav_of(1));
    EXPECT_EQ(fs::status(folder_ / "first.wav").permissions(), fs::perms::owner_read | fs::perms::owner_write);
    const auto shown = matter("show", {"--as", "li"}).out;
    EXPECT_THAT(shown, HasSubstr("heard recording 2"));
    EXPECT_THAT(shown, HasSubstr("heard recording 1"));
    EXPECT_THAT(shown, HasSubstr("recordings"));
}

TEST_F(AudioCommands_Test, WhatCannotBeHeardIsSaidInOneSentence) {
    EXPECT_EQ(hear("none.wav").status, 1);
    record(1);
    EXPECT_EQ(hear("none.wav", {"--recording", "2"}).status, 2);
    EXPECT_EQ(hear("none.wav", {"--recording", "-1"}).status, 2);
    EXPECT_FALSE(fs::exists(folder_ / "none.wav"));
    EXPECT_EQ(matter("show", {"--audio", (folder_ / "none.wav").string()}).status, 1) << "nobody is named";

    ASSERT_EQ(hear("there.wav").status, 0);
    const auto again = hear("there.wav");
    EXPECT_EQ(again.status, 2);
    EXPECT_THAT(again.err, IsOneSentence());

    fs::remove_all(folder_ / "recordings");
    EXPECT_THAT(hear("gone.wav").err, IsOneSentence());
}

TEST_F(AudioCommands_Test, ABackupHoldsTheRecordingsAndRestoresThem) {
    record(2);
    const auto copy = (folder_ / "copy.db").string();
    ASSERT_EQ(run({"backup", copy, "--config", config_}).status, 0);
    const auto kept = *fs::directory_iterator{folder_ / "copy.db.recordings"};

    const auto sound = run({"verify", copy, "--config", config_});
    EXPECT_THAT(sound.out, HasSubstr("2 recordings opened"));
    std::ofstream(folder_ / "recordings" / std::string(32, 'x')) << "of the time after the backup";
    const auto lost = folder_ / "recordings" / kept.path().filename();
    fs::remove(lost);
    const auto restored = run({"restore", copy, "--config", config_, "--as", "li"});
    ASSERT_EQ(restored.status, 0) << restored.err;

    EXPECT_EQ(read(lost), read(kept.path()));
    EXPECT_FALSE(fs::exists(folder_ / "recordings" / std::string(32, 'x'))) << "belongs to the other database";
    const auto aside = std::ranges::count_if(fs::directory_iterator{folder_.path()}, [](const auto& one) {
        return one.path().filename().string().starts_with("recordings.before-");
    });
    EXPECT_EQ(aside, 1);

    fs::remove(kept.path());
    const auto missed = run({"verify", copy, "--config", config_});
    EXPECT_EQ(missed.status, 1);
    EXPECT_THAT(missed.err, HasSubstr("1 recordings whose files are missing"));
}

TEST_F(AudioCommands_Test, WhatBelongsToADatabaseThatSomebodyMovedAwayIsPartedToo) {
    record(1);
    const auto copy = (folder_ / "copy.db").string();
    ASSERT_EQ(run({"backup", copy, "--config", config_}).status, 0);
    std::ofstream(folder_ / "recordings" / std::string(32, 'x')) << "of the time after the backup";
    for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(folder_ / ("harborline.db" + std::string{suffix}));

    const auto restored = run({"restore", copy, "--config", config_, "--as", "li"});

    ASSERT_EQ(restored.status, 0) << restored.err;
    EXPECT_FALSE(fs::exists(folder_ / "recordings" / std::string(32, 'x')));
    const auto parted = std::ranges::count_if(fs::directory_iterator{folder_.path()}, [](const auto& one) {
        return one.path().filename().string().starts_with("recordings.before-") &&
               fs::exists(one.path() / std::string(32, 'x'));
    });
    EXPECT_EQ(parted, 1);
}

TEST_F(AudioCommands_Test, AFailedBackupLeavesNothingAndGoesWellTheNextTime) {
    record(2);
    const auto copy = (folder_ / "copy.db").string();
    const auto no_file = folder_ / "recordings" / std::string(32, 'x');
    fs::create_directories(no_file / "folder");

    const auto failed = run({"backup", copy, "--config", config_});

    EXPECT_EQ(failed.status, 1);
    EXPECT_THAT(failed.err, IsOneSentence());
    EXPECT_FALSE(fs::exists(copy));
    EXPECT_FALSE(fs::exists(copy + ".recordings"));

    fs::remove_all(no_file);
    const auto again = run({"backup", copy, "--config", config_});
    EXPECT_EQ(again.status, 0) << again.err;
}

TEST_F(AudioCommands_Test, ABackupTouchesNoRecordingsOfAnotherOne) {
    record(1);
    const auto copy = (folder_ / "copy.db").string();
    fs::create_directory(copy + ".recordings");
    std::ofstream(folder_ / "copy.db.recordings" / std::string(32, 'x')) << "of another backup";

    const auto refused = run({"backup", copy, "--config", config_});

    EXPECT_EQ(refused.status, 1);
    EXPECT_THAT(refused.err, ::testing::AllOf(IsOneSentence(), HasSubstr("copy.db.recordings exists already")));
    EXPECT_FALSE(fs::exists(copy));
    EXPECT_TRUE(fs::exists(folder_ / "copy.db.recordings" / std::string(32, 'x')));
}

TEST_F(AudioCommands_Test, TheListNamesWhatStillWantsAHumanVoice) {
    const auto rows_before = rows({"audio", "list"});
    ASSERT_GT(rows_before.size(), 20U);
    std::set<std::string> languages;
    for (const auto& row : rows_before) {
        languages.insert(std::string{row.at("language").as_string()});
        EXPECT_EQ(row.at("voice").as_string(), "missing");
        EXPECT_EQ(row.at("words").as_string().find('{'), std::string::npos);
    }
    EXPECT_EQ(languages.size(), 2U);

    const auto& [first, second] = std::pair{rows_before[0], rows_before[1]};
    fs::create_directories(fs::path{first.at("file").as_string().c_str()}.parent_path());
    write(first.at("file").as_string().c_str(), wav_of(1));
    write(second.at("file").as_string().c_str(), "no audio");

    const auto rows_after = rows({"audio", "list"});
    EXPECT_EQ(rows_after.size(), rows_before.size() - 1);
    EXPECT_EQ(rows_after.at(0).at("prompt").as_string(), second.at("prompt").as_string());
    EXPECT_EQ(rows_after.at(0).at("voice").as_string(), "unreadable");
}

}  // namespace
}  // namespace harborline::gateway
