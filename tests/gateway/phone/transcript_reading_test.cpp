#include <gtest/gtest.h>

#include "gateway/phone/transcript.hpp"
#include "tests/support/shipped.hpp"

namespace harborline::gateway {
namespace {

using Kind = TranscriptLine::Kind;

constexpr std::string_view kFrom = "from +8619900000001\n";

std::vector<TranscriptLine> read(std::string_view text) {
    return read_transcript(std::string{kFrom}.append(text), "86").value();
}

/// What is wrong with a story; empty where it comes as written.
std::string fault_of(std::string_view story) {
    Rehearsal rehearsal(testing::shipped().settings, testing::shipped().book, testing::shipped_roster(),
                        kTranscriptsBegin);
    const auto played = play(rehearsal, read(story), [](const std::string&) {});
    return played ? "" : played.error().message;
}

TEST(Transcript_Reading, TakesEveryMark) {
    const auto lines = read(
        "dial\n> 1\n< 屏\\\n幕\nended\n^\ntext > 你好\nprivate\nlanguage en\nsilence\nclock +16m\n"
        "@+8619900000002 dial\n@+8619900000002 ^\n");

    const std::vector<Kind> kinds{Kind::kFrom,  Kind::kDial, Kind::kSend,    Kind::kGet,      Kind::kEnded,
                                  Kind::kDrop,  Kind::kText, Kind::kPrivate, Kind::kLanguage, Kind::kSilence,
                                  Kind::kClock, Kind::kDial, Kind::kDrop};
    ASSERT_EQ(lines.size(), kinds.size());
    for (std::size_t at = 0; at < kinds.size(); ++at) EXPECT_EQ(lines[at].kind, kinds[at]) << at;
    EXPECT_EQ(lines[3].text, "屏\n幕");
    EXPECT_EQ(lines[3].line, 5);
    EXPECT_EQ(lines[6].text, "你好");
    EXPECT_EQ(lines[8].text, "en");
    EXPECT_EQ(lines.back().phone.reveal(), "8619900000002");
}

TEST(Transcript_Reading, RefusesWhatIsNoMark) {
    for (const char* line : {"dial 1", "ended now", "texts > 1", "@+8619900000002", "你好"}) {
        const auto read = read_transcript(line, "86");
        ASSERT_FALSE(read) << line;
        EXPECT_EQ(read.error().message.substr(0, 16), "line 1: a line i") << line;
    }
}

TEST(Transcript_Playing, SaysWhichLineIsWrong) {
    EXPECT_EQ(fault_of("dial\n< 别的话\n").substr(0, 27), "line 3: expected: 别的话");
    EXPECT_EQ(fault_of("ended\n"), "line 2: no screen has just ended a session of this phone");
    EXPECT_EQ(fault_of("^\n"), "line 2: no session of this phone is open");
}

// A reader has to see where her session is over and where it goes on.
TEST(Transcript_Playing, WantsToBeToldThatASessionIsOver) {
    const std::string nine =
        "dial\n< 您好！回数字选：2反映问题 3安全求助 5查办理进度 0人工。有危险回9或打110\n> 9\n"
        "@+8619900000104 < "
        "【哈尔滨市妇联】红色{code}，请5分钟内接单。接单回接{code}，不能接回退{code}。未接转值班领导。\n";

    EXPECT_EQ(fault_of(nine + "< 收到。\nended\n"), "");
    EXPECT_EQ(fault_of(nine + "< 收到。\n"),
              "line 6: behind it, a line `ended` is missing: the last screen has ended the session");
    EXPECT_EQ(fault_of(nine + "< 收到。\ndial\n"),
              "line 7: before it, a line `ended` is missing: the last screen has ended the session");
    EXPECT_EQ(fault_of(nine + "< 收到。\nended\n^\n"), "line 8: no session of this phone is open");
}

}  // namespace
}  // namespace harborline::gateway
