#include "gateway/calls/switch_book.hpp"

#include <gmock/gmock.h>

namespace harborline::gateway {
namespace {

using End = PlacedEnd::Kind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

SwitchText event(std::vector<std::pair<std::string, std::string>> headers, std::string body = {}) {
    SwitchText text;
    text.headers = std::move(headers);
    text.body = std::move(body);
    return text;
}
SwitchText answer(const std::string& leg) {
    return event({{"Event-Name", "CHANNEL_ANSWER"}, {"Unique-ID", leg}});
}
SwitchText hang_up(const std::string& leg, const std::string& cause) {
    return event({{"Event-Name", "CHANNEL_HANGUP_COMPLETE"},
                  {"Hangup-Cause", cause},
                  {"Unique-ID", leg},
                  {"Hangup-Cause", cause},
                  {"Caller-Channel-Answered-Time", "0"},
                  {"variable_billsec", "1"},
                  {"variable_billmsec", "354"}});
}
SwitchText job_end(const std::string& job, const std::string& result) {
    return event({{"Event-Name", "BACKGROUND_JOB"}, {"Job-UUID", job}}, result);
}

class SwitchBookTest : public ::testing::Test {
  protected:
    SwitchBook book_{};
};

TEST_F(SwitchBookTest, EndsAPlacingByItsJobAlone) {
    book_.place("j", {"a"});
    EXPECT_FALSE(book_.read(answer("a")).placed);
    const auto over = book_.read(hang_up("a", "NORMAL_CLEARING"));
    EXPECT_FALSE(over.placed);
    EXPECT_TRUE(over.leg->answered);
    EXPECT_EQ(over.leg->talked, std::chrono::milliseconds{354});

    const auto end = book_.read(job_end("j", "+OK a\n"));

    EXPECT_EQ(end.placed->end.kind, End::kAnswered);
    EXPECT_EQ(end.placed->end.leg, "a");
    EXPECT_FALSE(book_.is_open("a")) << "the job's end does not open a leg that is over";
}

TEST_F(SwitchBookTest, TakesAHangUpAfterTheEndOfItsJob) {
    book_.place("j", {"a"});
    EXPECT_EQ(book_.read(job_end("j", "-ERR USER_BUSY\n")).placed->end.kind, End::kBusy);
    EXPECT_FALSE(book_.is_open("a"));

    const auto over = book_.read(hang_up("a", "USER_BUSY"));

    EXPECT_EQ(over.leg->cause, "USER_BUSY");
    EXPECT_FALSE(over.leg->answered);
}

TEST_F(SwitchBookTest, LeavesTheLivingCallWhoseNameIsInUse) {
    book_.place("first", {"a"});
    book_.place("second", {"a"});
    const auto refused = book_.read(job_end("second", "-ERR DESTINATION_OUT_OF_ORDER\n"));
    EXPECT_EQ(refused.placed->job, "second");
    EXPECT_EQ(refused.placed->end.kind, End::kFailed);

    EXPECT_TRUE(book_.is_open("a"));
    EXPECT_EQ(book_.jobs(), 1U);
    EXPECT_EQ(book_.read(job_end("first", "+OK a\n")).placed->end.kind, End::kAnswered);
    EXPECT_TRUE(book_.is_open("a"));
}

TEST_F(SwitchBookTest, FollowsCallsOfOthersAndIgnoresTheirJobs) {
    EXPECT_FALSE(book_.read(job_end("theirs", "-ERR USER_BUSY\n")).placed);
    book_.read(answer("inbound"));
    EXPECT_THAT(book_.open_legs(), ElementsAre("inbound"));

    EXPECT_EQ(book_.read(hang_up("inbound", "NORMAL_CLEARING")).leg->uuid, "inbound");
    EXPECT_THAT(book_.open_legs(), IsEmpty());
    EXPECT_TRUE(book_.read(hang_up("never-seen", "NO_ANSWER")).leg.has_value());
}

TEST_F(SwitchBookTest, EndsWhatWentWhileNobodyListened) {
    book_.place("j", {"a", "b"});
    book_.read(hang_up("a", "USER_BUSY"));
    EXPECT_THAT(book_.without_legs(), IsEmpty()) << "b may still ring";

    const auto gone = book_.gone("b");
    const auto ended = book_.without_legs();

    EXPECT_EQ(gone.leg->cause, "");
    ASSERT_EQ(ended.size(), 1U);
    EXPECT_EQ(ended.front().placed->end.kind, End::kBusy) << "the last that was said";
    EXPECT_FALSE(book_.gone("b").leg) << "once";
    EXPECT_EQ(book_.jobs(), 0U);
}

TEST_F(SwitchBookTest, GivesUpWithoutAnEnd) {
    book_.place("rings", {"a"});
    book_.place("talks", {"b", "c"});
    book_.read(answer("b"));
    std::vector<std::string> unanswered;

    EXPECT_EQ(book_.give_up("rings", unanswered).kind, End::kUnknown);
    EXPECT_THAT(unanswered, ElementsAre("a"));
    EXPECT_EQ(book_.give_up("talks", unanswered).leg, "b");
    EXPECT_THAT(unanswered, ElementsAre("c"));
    EXPECT_THAT(book_.open_legs(), ElementsAre("b"));
    EXPECT_EQ(book_.give_up("never", unanswered).kind, End::kUnknown);
}

TEST_F(SwitchBookTest, PassesOnNoCauseThatIsASentence) {
    book_.place("j", {"a"});
    const auto end = book_.read(job_end("j", "-USAGE: originate <call url>\n"));
    EXPECT_EQ(end.placed->end.kind, End::kFailed);
    EXPECT_EQ(end.placed->end.cause, "");
}

TEST(CauseTest, IsSorted) {
    const std::vector<std::pair<const char*, core::DialEnd>> sorted{
        {"USER_BUSY", core::DialEnd::kBusy},
        {"NO_ANSWER", core::DialEnd::kNoAnswer},
        {"NO_USER_RESPONSE", core::DialEnd::kNoAnswer},
        {"ORIGINATOR_CANCEL", core::DialEnd::kNoAnswer},
        {"LOSE_RACE", core::DialEnd::kNoAnswer},
        {"CALL_REJECTED", core::DialEnd::kRefused},
        {"UNALLOCATED_NUMBER", core::DialEnd::kFailed},
        {"NORMAL_TEMPORARY_FAILURE", core::DialEnd::kFailed},
        {"DESTINATION_OUT_OF_ORDER", core::DialEnd::kFailed},
        {"SYSTEM_SHUTDOWN", core::DialEnd::kFailed},
        {"", core::DialEnd::kFailed}};
    for (const auto& [cause, end] : sorted) EXPECT_EQ(dial_end_of(sort_of(cause)), end) << cause;
    EXPECT_EQ(dial_end_of(End::kAnswered), core::DialEnd::kTalked);
}

}  // namespace
}  // namespace harborline::gateway
