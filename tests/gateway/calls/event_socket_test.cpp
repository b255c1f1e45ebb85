#include "gateway/calls/event_socket.hpp"

#include <gmock/gmock.h>

#include "tests/gateway/calls/socket_fixture.hpp"

namespace harborline::gateway {
namespace {

using core::ErrorKind;
using testing::SwitchScript;
using testing::SwitchStep;
using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

using State = EventSocket::State;

std::string event(const std::string& lines) {
    const std::string inside = lines + "\n\n";
    return "Content-Length: " + std::to_string(inside.size()) + "\nContent-Type: text/event-plain\n\n" + inside;
}

class EventSocketTest : public testing::SocketFixture {
  protected:
    bool was_said(std::string_view begin) const {
        const auto& all = switch_->commands();
        return std::any_of(all.begin(), all.end(), [&](const auto& one) { return one.starts_with(begin); });
    }
};

TEST_F(EventSocketTest, GivesThePasswordAndAsksForEventsWithoutAnyFilter) {
    start_up();

    EXPECT_THAT(
        switch_->commands(),
        ElementsAre("auth ClueCon-test", "event plain CHANNEL_ANSWER CHANNEL_HANGUP_COMPLETE BACKGROUND_JOB SHUTDOWN"));
}

TEST_F(EventSocketTest, PlacesNothingWhileItIsDown) {
    start();
    originate(order("02"));
    hang_up(leg("02"), "NORMAL_CLEARING");
    ASSERT_TRUE(wait([this] { return under_way_ == 0 && client_->is_up(); }));

    EXPECT_THAT(told_, ElementsAre("call 02: the event socket is not yet connected",
                                   "kill 02: the event socket is not yet connected"));
    EXPECT_FALSE(was_said("bgapi"));
}

TEST_F(EventSocketTest, RefusesWhatWouldEndALine) {
    start_up();
    CallOrder bad = order("02");
    bad.command += "\n\napi fsctl shutdown";
    originate(bad);
    hang_up(leg("02"), "X\n\napi fsctl shutdown");
    ASSERT_TRUE(wait([this] { return under_way_ == 0; }));

    EXPECT_THAT(told_, ElementsAre("call 02: event socket: such a command can not be sent",
                                   "kill 02: event socket: such a cause can not be sent"));
    EXPECT_EQ(switch_->commands().size(), 2U);
}

TEST_F(EventSocketTest, EndsTheLegsOfACallWithoutEnd) {
    start_up();
    originate(order("02"), 20ms);
    ASSERT_TRUE(wait([this] { return under_way_ == 0 && was_said("api uuid_kill " + leg("02")); }));

    EXPECT_THAT(told_, ElementsAre("call 02: the connection to the switch was cut"));
    EXPECT_EQ(client_->open_calls(), 0U);
}

TEST_F(EventSocketTest, KeepsTheAnswerOfACallWithoutEnd) {
    start_up();
    originate(order("02"), 50ms);
    ASSERT_TRUE(wait([this] { return was_said("bgapi originate"); }));
    switch_->say(event("Event-Name: CHANNEL_ANSWER\nUnique-ID: " + leg("02")));
    ASSERT_TRUE(wait([this] { return under_way_ == 0; }));

    EXPECT_THAT(told_, ElementsAre("call 02: answered by 02"));
    EXPECT_FALSE(was_said("api uuid_kill"));
}

TEST_F(EventSocketTest, RefusesAJobThatIsOpen) {
    start_up();
    originate(order("02"), 30ms);
    originate(order("02"), 30ms);
    ASSERT_TRUE(wait([this] { return under_way_ == 0; }));

    EXPECT_THAT(told_, Contains("call 02: that call is being placed"));
}

TEST_F(EventSocketTest, SaysThatTheSwitchDoesNotTakeTheCommand) {
    start({{{SwitchStep::Kind::kSay, "Content-Type: auth/request\n\n"},
            {SwitchStep::Kind::kAwait, "bgapi originate a1990000-0000-4000-8000-000000000002"},
            {SwitchStep::Kind::kSay, "Content-Type: command/reply\nReply-Text: -ERR command not found\n\n"}}});
    ASSERT_TRUE(wait([this] { return client_->is_up(); }));
    originate(order("02"));
    ASSERT_TRUE(wait([this] { return under_way_ == 0; }));

    EXPECT_THAT(told_, ElementsAre("call 02: the switch does not take the command"));
    EXPECT_EQ(client_->open_calls(), 0U);
}

// After SIGTERM one switch in four says nothing more and does not close.
TEST_F(EventSocketTest, LeavesASwitchThatHangsInItsShutdown) {
    options_.answer_max = 30ms;
    start_up();
    switch_->say(event("Event-Name: SHUTDOWN"));
    ASSERT_TRUE(wait([this] { return client_->state() == State::kShuttingDown; }));
    originate(order("02"));

    ASSERT_TRUE(wait([this] { return switch_->connections() == 2 && client_->is_up(); }));
    EXPECT_THAT(told_, ElementsAre("call 02: the switch is shutting down"));
}

TEST_F(EventSocketTest, NoticesByItsHeartbeatThatNothingIsAnswered) {
    options_.heartbeat = 5ms;
    options_.answer_max = 30ms;
    start_up();
    ASSERT_TRUE(wait([this] { return was_said("api uuid_exists 00000000-"); }));
    ASSERT_TRUE(client_->is_up());
    EXPECT_EQ(switch_->connections(), 1) << "an answered heartbeat is no reason to leave";
    switch_->hang();

    ASSERT_TRUE(wait([this] { return switch_->connections() >= 2; }));
    EXPECT_EQ(client_->why_not(), "the event socket gives no answer");
}

TEST_F(EventSocketTest, GivesUpASwitchThatNeverGreets) {
    options_.connect_max = 10ms;
    start({SwitchScript{}});

    ASSERT_TRUE(wait([this] { return switch_->connections() == 2 && client_->is_up(); }));
}

TEST_F(EventSocketTest, LeavesWhatIsNoEventSocket) {
    start({{{SwitchStep::Kind::kSay, "HTTP/1.1 400 Bad Request\n\n"}}});
    ASSERT_TRUE(wait([this] {
        return client_->state() == State::kDown && switch_->connections() == 1 &&
               client_->why_not() == "what listens there is no event socket";
    }));
    ASSERT_TRUE(wait([this] { return client_->is_up(); }));
}

TEST_F(EventSocketTest, TriesAgainWhereNobodyListens) {
    start_up();
    switch_->close();

    ASSERT_TRUE(wait([this] { return client_->why_not() == "nobody listens at the event socket"; }));
    EXPECT_EQ(client_->state(), State::kDown);
}

TEST_F(EventSocketTest, WaitsLongAfterAWrongPasswordAndSaysSo) {
    options_.password = core::Secret{"hush"};
    start({{{SwitchStep::Kind::kSay, "Content-Type: auth/request\n\n"},
            {SwitchStep::Kind::kAwait, "auth x"},
            {SwitchStep::Kind::kSay, "Content-Type: command/reply\nReply-Text: -ERR invalid\n\n"},
            {SwitchStep::Kind::kClose, {}}}});
    ASSERT_TRUE(wait([this] { return client_->state() == State::kWrongPassword; }));

    EXPECT_THAT(std::string(client_->why_not()), Not(HasSubstr("hush")));
    EXPECT_FALSE(testing::run_until(
        loop_, [this] { return switch_->connections() > 1; }, 50ms));
}

// Asked before it has subscribed, it would never hear of a call that ends in between.
TEST_F(EventSocketTest, AsksForOpenCallsOnlyOnceEventsComeAgain) {
    start_up();
    originate(order("02"));
    ASSERT_TRUE(wait([this] { return was_said("bgapi originate"); }));
    switch_->cut();
    ASSERT_TRUE(wait([this] { return under_way_ == 0; }));

    const auto& said = switch_->commands();
    ASSERT_EQ(said.size(), 6U);
    EXPECT_THAT(said[3], StartsWith("auth "));
    EXPECT_THAT(said[4], StartsWith("event plain "));
    EXPECT_EQ(said[5], "api uuid_exists " + leg("02"));
    EXPECT_THAT(told_, ElementsAre("over 02: nobody knows", "call 02: the connection to the switch was cut"));
}

TEST_F(EventSocketTest, TellsWhoWaitsWhenItStops) {
    start_up();
    originate(order("02"));
    ASSERT_TRUE(wait([this] { return was_said("bgapi originate"); }));
    ask_for(leg("02"));
    client_->stop();
    ASSERT_TRUE(testing::run_until(
        loop_, [this] { return under_way_ == 0; }, 1s));

    EXPECT_THAT(told_, Contains("call 02: the connection to the switch was cut"));
    EXPECT_EQ(client_->state(), State::kStopped);
}

TEST(SwitchAddressTest, IsOfTheMachineItself) {
    EXPECT_EQ(read_switch_address("127.0.0.1:8021")->port, 8021);
    EXPECT_EQ(read_switch_address("localhost:9")->host, "127.0.0.1");
    EXPECT_EQ(read_switch_address("[::1]:8021")->host, "::1");
    for (const auto* bad : {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:80x",
                            "192.0.2.2:8021", "0.0.0.0:8021", "switch.example:8021", ":8021"}) {
        EXPECT_FALSE(read_switch_address(bad)) << bad;
    }
}

}  // namespace
}  // namespace harborline::gateway
