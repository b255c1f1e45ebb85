#include "gateway/audio/sound_desk.hpp"

#include <gmock/gmock.h>

#include <memory>
#include <vector>

#include "storage/open.hpp"
#include "tests/gateway/audio/audio_fixture.hpp"

namespace harborline::gateway {
namespace {

namespace fs = std::filesystem;
using ::testing::StartsWith;

constexpr VoiceCapabilities kSays{.says = true};
constexpr VoiceCapabilities kPlays{};
constexpr VoiceCapabilities kJoins{.joins = true};

class SoundDesk_Test : public AudioFixture {
  protected:
    SoundDesk_Test() {
        fs::create_directories(folder_ / "sounds" / "zh-CN");
        folder_.write("sounds/zh-CN/greet.wav", write_wav(tone(700ms)));
    }
    ~SoundDesk_Test() override {
        store_->stop();
        disk_.join();
    }

    core::CallAnswer prepare(std::vector<core::Sound> sounds, VoiceCapabilities can) {
        return testing::run(
            loop_,
            desk_.prepare({.language = "zh-CN", .sounds = std::move(sounds), .act = core::Gather{}}, can, kBase));
    }
    core::Sound prepare_one(core::Sound sound, VoiceCapabilities can) { return prepare({sound}, can).sounds.at(0); }
    std::optional<SoundDesk::File> find(const std::string& url) {
        const std::string front = kBase + "/audio/";
        EXPECT_THAT(url, StartsWith(front));
        return desk_.find(url.substr(front.size()));
    }
    std::chrono::milliseconds length(const std::string& url) { return length_of(*read_wav(*find(url)->wav)); }

    std::string add_recording(std::chrono::milliseconds length) {
        auto recording = testing::run(loop_, recordings_.keep(recordings_.begin(), write_wav(tone(length))));
        store_->run([&](storage::Transaction& tx) { tx.recordings().add(*recording); });
        return recording->name;
    }
    /// What one relative has told another, as it is played: no row opens it.
    core::Sound add_letter(std::chrono::milliseconds length) {
        auto recording = testing::run(loop_, recordings_.keep(recordings_.begin(), write_wav(tone(length))));
        core::Letter letter{.tie = {1}, .written_at = clock_.now(), .recording = recording->name};
        letter.opener = storage::opener_of(*recording);
        store_->run([&](storage::Transaction& tx) { letter.id = tx.letters().add(letter); });
        return {.personal = true, .letter = letter.id, .recording = letter.recording, .opener = letter.opener};
    }
    std::unique_ptr<storage::Store> open() {
        auto opened = storage::open_sqlite(
            {.database = folder_ / "db", .master_key = folder_ / "key", .clock = &clock_, .random = &store_random_});
        if (!opened) throw std::runtime_error(opened.error().message);
        return std::move(*opened);
    }
    SoundDesk::Parts parts() {
        return {.speech = speech_,
                .recordings = recordings_,
                .disk = disk_,
                .sounds = folder_ / "sounds",
                .clock = clock_,
                .random = random_};
    }

    const std::string kBase = "https://hotline.example/x";
    testing::FakeRandom store_random_{4};
    boost::asio::thread_pool disk_{1};
    std::unique_ptr<storage::Store> store_ = open();
    StoreGate gate_{*store_, loop_.get_executor()};
    storage::RecordingVault vault_{folder_ / "recordings"};
    std::vector<core::LetterId> lost_{};
    RecordingDesk recordings_{{.gate = gate_,
                               .vault = vault_,
                               .disk = disk_,
                               .clock = clock_,
                               .random = random_,
                               .lose = [this](storage::Transaction&, core::LetterId id) { lost_.push_back(id); }}};
    Speech speech_{speech_parts()};
    SoundDesk desk_{parts()};
};

const core::Sound kGreeting{.words = "您好", .prompt = "greet"};
const core::Sound kUnrecorded{.words = "请按键", .prompt = "unrecorded"};
const core::Sound kName{.words = "王小红", .personal = true};

TEST_F(SoundDesk_Test, ARecordedHumanVoiceComesBeforeEverything) {
    for (const auto& can : {kSays, kPlays, kJoins}) {
        const auto sound = prepare_one(kGreeting, can);
        EXPECT_EQ(length(sound.url), 700ms);
        EXPECT_FALSE(find(sound.url)->personal);
    }
    EXPECT_EQ(words(), "");
}

TEST_F(SoundDesk_Test, WithoutOneTheCarrierSaysItWhereItCan) {
    for (const auto& sound : {kUnrecorded, kName}) {
        const auto said = prepare_one(sound, kSays);
        EXPECT_EQ(said.url, "");
        EXPECT_EQ(said.words, sound.words);
        EXPECT_EQ(prepare_one(sound, kSays).url, "");
    }
    EXPECT_EQ(words(), "");
}

TEST_F(SoundDesk_Test, OtherwiseWeSpeak) {
    const auto sound = prepare_one(kUnrecorded, kPlays);

    EXPECT_EQ(length(sound.url), 500ms);
    EXPECT_EQ(words(), "请按键\n");
    EXPECT_TRUE(sound.url.ends_with(".wav"));
    EXPECT_EQ(sound.url.size(), kBase.size() + 7 + 32 + 4);
}

TEST_F(SoundDesk_Test, OnlyWhatEverybodyHearsHasALastingAddress) {
    EXPECT_EQ(prepare_one(kUnrecorded, kPlays).url, prepare_one(kUnrecorded, kPlays).url);
    const auto first = prepare_one(kName, kPlays);
    const auto second = prepare_one(kName, kPlays);

    EXPECT_NE(first.url, second.url);
    EXPECT_TRUE(first.personal);
    EXPECT_TRUE(find(first.url)->personal);
    EXPECT_EQ(*find(first.url)->wav, *find(second.url)->wav);
    EXPECT_FALSE(desk_.find("guess"));
    EXPECT_FALSE(desk_.find(""));

    auto other = parts();
    other.secret[0] = std::byte{1};
    SoundDesk stranger(std::move(other));
    const auto elsewhere =
        testing::run(loop_, stranger.prepare({.language = "zh-CN", .sounds = {kUnrecorded}}, kPlays, kBase));
    EXPECT_NE(elsewhere.sounds.at(0).url, prepare_one(kUnrecorded, kPlays).url) << "not to be guessed without the key";
}

TEST_F(SoundDesk_Test, WhereOnlyTheLastCanBeCutShortEverythingIsOneFile) {
    const auto answer = prepare({kGreeting, kUnrecorded, kName}, kJoins);

    ASSERT_EQ(answer.sounds.size(), 1U);
    EXPECT_EQ(length(answer.sounds[0].url), 700ms + 200ms + 500ms + 200ms + 500ms);
    EXPECT_TRUE(answer.sounds[0].personal);
    EXPECT_TRUE(find(answer.sounds[0].url)->personal);

    const auto fixed = prepare({kGreeting, kUnrecorded}, kJoins);
    EXPECT_FALSE(fixed.sounds.at(0).personal);
    EXPECT_EQ(prepare({kGreeting, kUnrecorded}, kJoins).sounds.at(0).url, fixed.sounds[0].url);
    EXPECT_NE(prepare({kUnrecorded, kGreeting}, kJoins).sounds.at(0).url, fixed.sounds[0].url);
    EXPECT_TRUE(prepare({}, kJoins).sounds.empty());
}

TEST_F(SoundDesk_Test, ARecordingIsPlayedFromTheVaultAndKeptByNobody) {
    const auto name = add_recording(900ms);

    const auto sound = prepare_one({.recording = name}, kSays);

    EXPECT_EQ(length(sound.url), 900ms);
    EXPECT_TRUE(sound.personal);
    EXPECT_TRUE(find(sound.url)->personal);
    EXPECT_NE(prepare_one({.recording = name}, kSays).url, sound.url);
}

TEST_F(SoundDesk_Test, WhatARelativeHasSaidIsPlayedByItsOpenerAlone) {
    const auto letter = add_letter(900ms);

    const auto sound = prepare_one(letter, kPlays);

    EXPECT_EQ(length(sound.url), 900ms);
    EXPECT_TRUE(find(sound.url)->personal);
    EXPECT_NE(prepare_one(letter, kPlays).url, sound.url);
    auto named = letter;
    named.letter = {};
    named.opener.clear();
    EXPECT_EQ(length(prepare_one(named, kPlays).url), length_of(safety_tone())) << "its name opens nothing";
    EXPECT_TRUE(lost_.empty());
}

/// Else the silence behind it would mean that it was heard.
TEST_F(SoundDesk_Test, ALetterThatCannotBePlayedIsLostAndWordsSaySo) {
    const auto changed = add_letter(900ms);
    std::ofstream{vault_.folder() / changed.recording, std::ios::app} << "x";
    const auto gone = add_letter(900ms);
    ASSERT_TRUE(vault_.remove(gone.recording));

    for (auto letter : {changed, gone}) {
        letter.words = "没存好";
        EXPECT_EQ(length(prepare_one(letter, kPlays).url), 500ms);
        EXPECT_EQ(prepare_one(letter, kSays).words, "没存好") << "the carrier says it itself";
        EXPECT_EQ(length(prepare({letter, kGreeting}, kJoins).sounds.at(0).url), 500ms + 200ms + 700ms);
    }

    EXPECT_EQ(words(), "没存好\n") << "all else is recalled";
    std::vector<core::LetterId> each;
    for (const auto& letter : {changed, gone}) each.insert(each.end(), 3, letter.letter);
    EXPECT_EQ(lost_, each);
}

/// A disk may be ill for a moment: whoever went on listening would be taken to have heard it.
TEST_F(SoundDesk_Test, WhereALetterCannotBeHadForNowTheCallEndsAndItIsKept) {
    auto unreadable = add_letter(900ms);
    ASSERT_TRUE(vault_.remove(unreadable.recording));
    fs::create_directory(vault_.folder() / unreadable.recording);
    unreadable.words = "现在不行";

    for (const auto& can : {kPlays, kSays, kJoins}) {
        const auto answer = prepare({kGreeting, unreadable, kGreeting}, can);
        EXPECT_TRUE(std::holds_alternative<core::HangUp>(answer.act));
        EXPECT_EQ(answer.sounds.size(), can.joins ? 1U : 2U) << "nothing follows";
    }
    EXPECT_TRUE(lost_.empty());
}

TEST_F(SoundDesk_Test, ALetterThatIsPlayedNeedsNoOtherWords) {
    auto letter = add_letter(900ms);
    letter.words = "没存好";

    const auto sound = prepare_one(letter, kSays);

    EXPECT_EQ(length(sound.url), 900ms);
    EXPECT_EQ(sound.words, "");
    EXPECT_TRUE(lost_.empty());
}

TEST_F(SoundDesk_Test, ALetterThatCannotBeSpokenForNowIsKept) {
    const core::Sound letter{.words = "妈妈有话捎来：想你", .personal = true, .letter = {7}};
    speaks_as("exit 1");

    const auto answer = prepare({letter, kGreeting}, kPlays);
    ASSERT_EQ(answer.sounds.size(), 1U);
    EXPECT_EQ(length(answer.sounds.front().url), length_of(safety_tone()));
    EXPECT_TRUE(std::holds_alternative<core::HangUp>(answer.act));
    EXPECT_TRUE(std::holds_alternative<core::Gather>(prepare({kName}, kPlays).act)) << "a name is no letter";
    EXPECT_TRUE(std::holds_alternative<core::Gather>(prepare({letter}, kSays).act)) << "a carrier speaks by itself";
    EXPECT_TRUE(lost_.empty());
}

TEST_F(SoundDesk_Test, I7_ALetterLiesInMemoryForMomentsOnly) {
    const auto recorded = add_letter(900ms);
    const core::Sound written{.words = "妈妈有话捎来：想你", .personal = true, .letter = {7}};
    for (const auto& letter : {recorded, written}) {
        const auto url = prepare_one(letter, kPlays).url;
        clock_.advance(9min);
        EXPECT_TRUE(find(url)) << "nobody has fetched it";
        const auto again = prepare({letter, kGreeting}, kJoins).sounds.at(0).url;
        EXPECT_TRUE(find(again));
        clock_.advance(2min - 1ms);
        EXPECT_TRUE(find(again)) << "a carrier that asks once more";
        clock_.advance(1ms);
        EXPECT_FALSE(find(again));
        clock_.advance(1min);
        desk_.forget_old();
        EXPECT_EQ(desk_.bytes(), 0U);
    }
    EXPECT_EQ(words(), "妈妈有话捎来：想你\n妈妈有话捎来：想你\n") << "nor is it kept as speech";
}

TEST_F(SoundDesk_Test, WhatCannotBeHeardIsTheToneAndTriedAgain) {
    const auto tone_length = length_of(safety_tone());
    EXPECT_EQ(length(prepare_one({.recording = "none"}, kSays).url), tone_length);
    const auto name = add_recording(900ms);
    ASSERT_TRUE(vault_.remove(name));
    EXPECT_EQ(length(prepare_one({.recording = name}, kSays).url), tone_length);

    speaks_as("exit 1");
    EXPECT_EQ(length(prepare_one(kUnrecorded, kPlays).url), tone_length);
    EXPECT_EQ(length(prepare({kGreeting, kUnrecorded}, kJoins).sounds.at(0).url), 900ms + tone_length);
    speaks_as("cat >/dev/null; cat voice.wav");
    EXPECT_EQ(length(prepare_one(kUnrecorded, kPlays).url), 500ms);
    EXPECT_EQ(length(prepare({kGreeting, kUnrecorded}, kJoins).sounds.at(0).url), 1'400ms);
}

TEST_F(SoundDesk_Test, WhereNobodyMayBeRungItIsHeardToRingForAsLong) {
    const core::Sound rings{.prompt = std::string{core::kRingingTone}};
    for (const auto& can : {kPlays, kSays})
        EXPECT_EQ(length(prepare_one(rings, can).url), core::Dial{}.ring) << "no carrier can say it";
    EXPECT_EQ(length(prepare({kGreeting, rings}, kJoins).sounds.at(0).url), 700ms + 200ms + core::Dial{}.ring);
}

TEST_F(SoundDesk_Test, TheWordBeforeTheEndOfATalkIsPreparedToo) {
    const core::CallAnswer asked{.language = "zh-CN",
                                 .act = core::Dial{.numbers = {"+8619900000101"}, .warned = {kGreeting}}};

    VoiceCapabilities warns = kPlays;
    warns.warns = true;
    const auto answer = testing::run(loop_, desk_.prepare(asked, warns, kBase + "/"));
    const auto unwarned = testing::run(loop_, desk_.prepare(asked, kPlays, kBase + "/"));

    EXPECT_EQ(std::get<core::Dial>(unwarned.act).warned.at(0).url, "") << "nobody would fetch it";
    const auto& dial = std::get<core::Dial>(answer.act);
    EXPECT_EQ(length(dial.warned.at(0).url), 700ms);
    EXPECT_EQ(dial.numbers, std::get<core::Dial>(asked.act).numbers);
}

TEST_F(SoundDesk_Test, TheWordBeforeTheEndOfATalkIsThereWhenItComes) {
    VoiceCapabilities warns = kPlays;
    warns.warns = true;
    const core::Dial dial{.numbers = {"+8619900000101"}, .warned = {kGreeting}};
    const core::CallAnswer asked{.language = "zh-CN", .act = dial};
    prepare_one(kGreeting, kPlays);
    clock_.advance(4min);
    const auto answer = testing::run(loop_, desk_.prepare(asked, warns, kBase));
    const auto url = std::get<core::Dial>(answer.act).warned.at(0).url;

    clock_.advance(8min);
    EXPECT_EQ(prepare_one(kGreeting, kPlays).url, url) << "others hear it too";
    clock_.advance(dial.longest - dial.warning - 8min + 20s);
    EXPECT_TRUE(find(url));

    clock_.advance(2min);
    desk_.find("");
    EXPECT_EQ(desk_.bytes(), 0U);
}

TEST_F(SoundDesk_Test, AnAddressLivesForTenMinutes) {
    const auto sound = prepare_one(kName, kPlays);
    clock_.advance(10min - 1ms);
    EXPECT_TRUE(find(sound.url));
    clock_.advance(1ms);
    EXPECT_FALSE(find(sound.url));
    EXPECT_FALSE(find(prepare_one(kGreeting, kPlays).url + "x"));

    // One that lasts has minutes left whenever it is told.
    const auto lasting = prepare_one(kGreeting, kPlays).url;
    clock_.advance(4min);
    EXPECT_EQ(prepare_one(kGreeting, kPlays).url, lasting);
    clock_.advance(4min);
    EXPECT_EQ(prepare_one(kGreeting, kPlays).url, lasting);
    clock_.advance(5min);
    EXPECT_TRUE(find(lasting));
    clock_.advance(20min);
    desk_.find("");
    EXPECT_EQ(desk_.bytes(), 0U);
}

TEST_F(SoundDesk_Test, AVoiceThatWasRecordedMeanwhileIsHeardWithinMinutes) {
    EXPECT_EQ(prepare_one(kUnrecorded, kSays).url, "");
    folder_.write("sounds/zh-CN/unrecorded.wav", write_wav(tone(300ms)));
    clock_.advance(6min);
    EXPECT_EQ(length(prepare_one(kUnrecorded, kSays).url), 300ms);
}

TEST_F(SoundDesk_Test, TheOldestMakesRoom) {
    auto small = parts();
    small.bytes_max = 20'000;  // Two of half a second.
    SoundDesk desk(std::move(small));
    std::vector<std::string> urls;
    for (const char* name : {"a", "b", "c"}) {
        const core::CallAnswer asked{.language = "zh-CN", .sounds = {{.words = name, .personal = true}}};
        urls.push_back(testing::run(loop_, desk.prepare(asked, kPlays, "")).sounds.at(0).url.substr(7));
        clock_.advance(1s);
    }

    EXPECT_FALSE(desk.find(urls[0]));
    EXPECT_TRUE(desk.find(urls[1]));
    EXPECT_TRUE(desk.find(urls[2]));
    EXPECT_LE(desk.bytes(), 20'000U);
}

TEST_F(SoundDesk_Test, APromptLeadsNowhereElse) {
    folder_.write("sounds/outside.wav", write_wav(tone(100ms)));

    EXPECT_EQ(prepare_one({.words = "x", .prompt = "../outside"}, kSays).url, "");
    EXPECT_TRUE(voice_file("s", "..", "greet").empty());
    EXPECT_TRUE(voice_file("s", "zh-CN", "").empty());
    EXPECT_EQ(voice_file("s", "zh-CN", "pet.type"), "s/zh-CN/pet.type.wav");
}

TEST_F(SoundDesk_Test, WhatACarrierSentIsKeptInOurFormAndNothingElseIs) {
    const auto keep = [&](std::string audio) {
        return testing::run(loop_, recordings_.keep(recordings_.begin(), std::move(audio)));
    };
    const auto kept = keep(write_wav(tone(250ms)));
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->length, 250ms);
    EXPECT_EQ(kept->bytes, 44 + 4'000);
    EXPECT_EQ(kept->state, storage::Recording::State::kKept);
    EXPECT_EQ(kept->digest, storage::recording_digest(write_wav(tone(250ms))));
    EXPECT_FALSE(keep("no audio"));
    EXPECT_FALSE(keep(write_wav({})));
    EXPECT_EQ(vault_.names().size(), 1U);

    // What an attempt before a crash has left is written anew.
    const auto again = testing::run(loop_, recordings_.keep(*kept, write_wav(tone(100ms))));
    EXPECT_EQ(again->length, 100ms);
    EXPECT_EQ(vault_.names().size(), 1U);
}

TEST_F(SoundDesk_Test, OrphansGoAtTheStart) {
    const auto name = add_recording(100ms);
    const auto orphan = testing::run(loop_, recordings_.keep(recordings_.begin(), write_wav(tone(100ms))));
    const auto letter = add_letter(100ms);
    for (const auto& file : vault_.names())
        fs::last_write_time(vault_.folder() / file, fs::file_time_type::clock::now() - 48h);
    clock_.time = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());

    EXPECT_EQ(testing::run(loop_, recordings_.remove_orphans()), 1U);
    EXPECT_TRUE(vault_.has(letter.recording));
    EXPECT_TRUE(vault_.has(name));
    EXPECT_FALSE(vault_.has(orphan->name));
}

}  // namespace
}  // namespace harborline::gateway
