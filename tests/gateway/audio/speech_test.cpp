#include "gateway/audio/speech.hpp"

#include <gmock/gmock.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>

#include <algorithm>
#include <set>
#include <thread>

#include "tests/gateway/audio/audio_fixture.hpp"

namespace harborline::gateway {
namespace {

namespace fs = std::filesystem;
using core::ErrorKind;
using ::testing::HasSubstr;

class Speech_Test : public AudioFixture {
  protected:
    core::Result<Audio> say(Speech& speech, const std::string& words, bool personal = false,
                            const std::string& language = "zh-CN") {
        const auto keeps = personal ? Speech::Keeps::kForMinutes : Speech::Keeps::kInFile;
        return testing::run(loop_, speech.say(language, words, keeps));
    }
    std::size_t spoken() const { return static_cast<std::size_t>(std::ranges::count(args(), '\n')); }
    /// Whether a process that was killed is gone: the signal reaches those that are not ours when the system likes. A
    /// zombie that nobody has reaped yet is gone, too.
    static bool goes(int pid) {
        const auto until = std::chrono::steady_clock::now() + 10s;
        do {
            const auto status = content("/proc/" + std::to_string(pid) + "/stat");
            if (status.empty() || status.find(") Z") != std::string::npos) return true;
            std::this_thread::yield();
        } while (std::chrono::steady_clock::now() < until);
        return false;
    }
    std::set<std::string> files() const {
        std::set<std::string> names;
        std::error_code none;
        for (const auto& one : fs::directory_iterator{folder_ / "speech", none}) names.insert(one.path().filename());
        return names;
    }
};

TEST_F(Speech_Test, ARenderedPromptIsReallySpeech) {
    auto parts = speech_parts();
    parts.program = "espeak-ng";
    Speech speech(std::move(parts));

    for (const auto& [language, words] :
         {std::pair{"zh-CN", "您好，这里是妇联热线。有危险请按9，找工作人员请按0。"},
          std::pair{"en", "Hello, this is the women's hotline. If you are in danger, press 9."}}) {
        const auto said = say(speech, words, false, language);
        ASSERT_TRUE(said) << said.error().message;
        const auto found = heard(**said);
        EXPECT_EQ(found.rate, 8'000);
        EXPECT_EQ(found.channels, 1);
        EXPECT_EQ(found.width, 2);
        EXPECT_THAT(found.length_ms, ::testing::AllOf(::testing::Gt(2'500), ::testing::Lt(15'000)));
        EXPECT_GT(found.peak, 3'000);
        EXPECT_GT(found.loud_ms, found.length_ms / 3) << "speech, and not one click";
    }
}

TEST_F(Speech_Test, LongerWordsTakeLonger) {
    auto parts = speech_parts();
    parts.program = "espeak-ng";
    Speech speech(std::move(parts));

    const auto one = read_wav(**say(speech, "一"));
    const auto ten = read_wav(**say(speech, "一二三四五六七八九十"));

    EXPECT_GT(length_of(*ten), 2 * length_of(*one));
}

TEST_F(Speech_Test, I9_WordsGoToTheProgramByItsInputAndNeverStandInItsCommandLine) {
    Speech speech(speech_parts());

    ASSERT_TRUE(say(speech, "王\n小红\x01", true));

    EXPECT_EQ(words(), "王 小红 \n");
    EXPECT_THAT(args(), HasSubstr("-v cmn"));
    EXPECT_THAT(args(), HasSubstr("--stdin --stdout"));
    EXPECT_EQ(args().find("小红"), std::string::npos);
    ASSERT_TRUE(say(speech, "Hello", true, "en"));
    EXPECT_THAT(args(), HasSubstr("-v en "));
}

TEST_F(Speech_Test, WhatEverybodyHearsIsSpokenOnceAndKeptInAFileWhoseNameBetraysNothing) {
    const auto first = [&] {
        Speech speech(speech_parts());
        return **say(speech, "你好");
    }();
    ASSERT_EQ(spoken(), 1U);
    ASSERT_EQ(files().size(), 1U);
    EXPECT_EQ(files().begin()->size(), 36U);

    Speech after_restart(speech_parts());
    EXPECT_EQ(**say(after_restart, "你好"), first);
    EXPECT_EQ(after_restart.say_fixed("zh-CN", "你好").value(), first);
    EXPECT_EQ(spoken(), 1U);
    say(after_restart, "你好", false, "en");
    EXPECT_EQ(spoken(), 2U) << "another language is another voice";

    auto other = speech_parts();
    other.secret[0] = std::byte{1};
    Speech stranger(std::move(other));
    say(stranger, "你好");
    EXPECT_EQ(files().size(), 3U) << "without the key no name can be guessed";
}

TEST_F(Speech_Test, ATornFileIsSpokenAgain) {
    Speech speech(speech_parts());
    const auto whole = **say(speech, "你好");
    std::ofstream(folder_ / "speech" / *files().begin()) << "RIFF";

    EXPECT_EQ(**say(speech, "你好"), whole);
    EXPECT_EQ(spoken(), 2U);
    EXPECT_EQ(content(folder_ / "speech" / *files().begin()), whole);
}

TEST_F(Speech_Test, PersonalWordsAreKeptInMemoryForMinutesAndNowhereElse) {
    Speech speech(speech_parts());

    say(speech, "王小红", true);
    clock_.advance(9min);
    say(speech, "王小红", true);
    EXPECT_EQ(spoken(), 1U);
    clock_.advance(2min);
    say(speech, "王小红", true);
    EXPECT_EQ(spoken(), 2U);
    clock_.advance(-24h);
    say(speech, "王小红", true);
    EXPECT_EQ(spoken(), 3U) << "a clock that was set back keeps nothing for longer";

    EXPECT_TRUE(files().empty());
}

TEST_F(Speech_Test, AProgramThatHangsIsKilledWithWhatItHasStarted) {
    speaks_as("echo $$ >pid; sleep 1000 & echo $! >child; wait");
    auto parts = speech_parts();
    parts.limit = 300ms;
    Speech speech(std::move(parts));
    const auto from = std::chrono::steady_clock::now();

    const auto said = say(speech, "你好");

    EXPECT_EQ(said.error().kind, ErrorKind::kUnavailable);
    EXPECT_THAT(said.error().message, HasSubstr("took too long"));
    EXPECT_LT(std::chrono::steady_clock::now() - from, 10s);
    EXPECT_TRUE(goes(std::stoi(content(folder_ / "pid"))));
    EXPECT_TRUE(goes(std::stoi(content(folder_ / "child"))));
}

TEST_F(Speech_Test, ProgramsThatMisbehaveAreErrors) {
    const auto failed = [&](const std::string& script) {
        speaks_as(script);
        auto parts = speech_parts();
        Speech speech(std::move(parts));
        const auto said = say(speech, std::string(300'000, 'x'), true);
        return said ? std::string{} : said.error().message;
    };

    EXPECT_THAT(failed("cat >/dev/null; exit 3"), HasSubstr("failed"));
    EXPECT_THAT(failed("exit 3"), HasSubstr("failed")) << "ends without having heard it all";
    EXPECT_THAT(failed("cat >/dev/null; echo nonsense"), HasSubstr("does not speak"));
    EXPECT_THAT(failed("exec cat /dev/zero"), HasSubstr("said too much"));
    EXPECT_EQ(failed("cat voice.wav; exec cat >/dev/null"), "") << "says everything before it listens";
}

TEST_F(Speech_Test, AMissingProgramIsToldOnce) {
    std::ostringstream lines;
    auto parts = speech_parts();
    parts.program = "no-such-program-anywhere";
    parts.log = Log{std::make_shared<spdlog::logger>("audio", std::make_shared<spdlog::sinks::ostream_sink_st>(lines))};
    Speech speech(std::move(parts));

    for (int i = 0; i < 3; ++i) EXPECT_EQ(say(speech, "你好").error().kind, ErrorKind::kNotFound);

    const auto told = lines.str();
    EXPECT_THAT(told, HasSubstr("speech_missing"));
    EXPECT_EQ(std::ranges::count(told, '\n'), 1);
    EXPECT_EQ(told.find("你好"), std::string::npos);
}

TEST_F(Speech_Test, SoManyAtOnceAndNoMoreThanMayWait) {
    speaks_as("mkdir running 2>/dev/null || echo two >>together; cat >/dev/null; cat voice.wav; rmdir running");
    auto parts = speech_parts();
    parts.processes_max = 1;
    parts.waiting_max = 3;
    Speech speech(std::move(parts));
    int said = 0;
    int refused = 0;

    for (int i = 0; i < 5; ++i)
        boost::asio::co_spawn(
            loop_, speech.say("zh-CN", std::to_string(i), Speech::Keeps::kForMinutes),
            [&](std::exception_ptr, const core::Result<Audio>& audio) { ++(audio ? said : refused); });
    EXPECT_TRUE(testing::run_until(loop_, [&] { return said + refused == 5; }));

    EXPECT_EQ(said, 3);
    EXPECT_EQ(refused, 2);
    EXPECT_FALSE(fs::exists(folder_ / "together"));
}

TEST_F(Speech_Test, StopEndsWhatIsBeingSpoken) {
    speaks_as("exec sleep 1000");
    auto parts = speech_parts();
    parts.limit = 1000s;
    Speech speech(std::move(parts));
    bool ended = false;
    boost::asio::co_spawn(loop_, speech.say("en", "x", Speech::Keeps::kForMinutes),
                          [&](std::exception_ptr, const core::Result<Audio>& audio) { ended = !audio; });
    loop_.poll();

    speech.stop();

    EXPECT_TRUE(testing::run_until(loop_, [&] { return ended; }));
}

}  // namespace
}  // namespace harborline::gateway
