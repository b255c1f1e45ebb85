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

TEST(Transcript_Reading, TakesWhatIsDoneByTelephone) {
    using Act = PhoneAct::Kind;
    const auto lines = read_transcript(
        "from anonymous\n> (calls)\n> (nothing)\n> (says 12s)\n> (says 3s, hangs up)\n> (hangs up)\n> (talk ends)\n"
        "> (nobody answers)\n> (lets it ring)\n@+8619900000104 > (picks up)\n",
        "86");
    ASSERT_TRUE(lines) << lines.error().message;
    const std::vector<Act> acts{Act::kCall,     Act::kKeys,   Act::kSay,     Act::kSayAndGo, Act::kHangUp,
                                Act::kTalkEnds, Act::kNobody, Act::kLetRing, Act::kPickUp};
    ASSERT_EQ(lines->size(), acts.size() + 1);
    EXPECT_EQ(lines->at(1).phone, withheld());
    for (std::size_t at = 0; at < acts.size(); ++at) {
        EXPECT_EQ(lines->at(at + 1).kind, Kind::kPhone) << at;
        EXPECT_EQ(lines->at(at + 1).act.kind, acts[at]) << at;
    }
    EXPECT_EQ(lines->at(3).act.length.count(), 12);
    EXPECT_EQ(lines->back().phone.reveal(), "8619900000104");
    for (const char* text : {"> (says 0s)", "> (says 12)", "> (says s)", "> (says 9s, hangs)", "> (sings)", "> (1)"})
        EXPECT_EQ(read(text).back().kind, Kind::kSend) << text;
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
        "dial\n< 您好！回数字选：1亲情电话 2反映问题 3安全求助 5查办理进度 0人工。有危险回9或打110\n> 9\n"
        "@+8619900000104 < "
        "【哈尔滨市妇联】红色{code}，请5分钟内接单。接单回接{code}，不能接回退{code}。未接转值班领导。\n";

    EXPECT_EQ(fault_of(nine + "< 收到。\nended\n"), "");
    EXPECT_EQ(fault_of(nine + "< 收到。\n"),
              "line 6: behind it, a line `ended` is missing: the last screen has ended the session");
    EXPECT_EQ(fault_of(nine + "< 收到。\ndial\n"),
              "line 7: before it, a line `ended` is missing: the last screen has ended the session");
    EXPECT_EQ(fault_of(nine + "< 收到。\nended\n^\n"), "line 8: no session of this phone is open");
}

constexpr std::string_view kHeardAtFirst =
    "> (calls)\n< 您好。亲情电话，按1。 反映问题，按2。 安全求助，按3。 "
    "查办理进度，按5。找人工，按0。有危险，按9，或打幺幺零。要再听，"
    "按8。\n";

TEST(Transcript_Playing, OfACallWantsEveryWordAndEveryEnd) {
    const std::string story = std::string{kHeardAtFirst} + "< (a key)\n> 5\n";
    const std::string asked = "< 请按8位编号，按完按井号键。忘了编号，按0。\n";
    EXPECT_EQ(fault_of(story + asked), "");
    EXPECT_EQ(fault_of(story + asked + "< (8 keys)\n> (hangs up)\nsilence\n"), "");
    EXPECT_EQ(fault_of(story + asked + "< (7 keys)\n"), "line 7: expected: (7 keys)\n      came: (8 keys)");
    EXPECT_EQ(fault_of(story).substr(0, 28), "line 5: behind it, 199****00");
    EXPECT_EQ(fault_of(std::string{kHeardAtFirst} + "> 0\n< 正在为您接通值班人员，请稍等。\n"),
              "line 5: behind it, 199****0001 also got: (rings 1)");
}

TEST(Transcript_Playing, SaysWhatCanNotBeDoneByTelephone) {
    const std::string menu{kHeardAtFirst};
    EXPECT_EQ(fault_of("> (hangs up)\n"), "line 2: this phone is on no call");
    EXPECT_EQ(fault_of("> (picks up)\n"), "line 2: this phone does not ring");
    EXPECT_EQ(fault_of(menu + "> (calls)\n"), "line 4: this phone is on a call already");
    EXPECT_EQ(fault_of(menu + "> (says 3s)\n"), "line 4: nobody has asked her to speak");
    EXPECT_EQ(fault_of(menu + "> (talk ends)\n"), "line 4: nobody is rung for this phone");
    EXPECT_EQ(fault_of(menu + "> 12\n"), "line 4: one key is waited for");
    EXPECT_EQ(fault_of(menu + "> 你好\n"), "line 4: only 0 to 9, * and # can be keyed");
}

}  // namespace
}  // namespace harborline::gateway
