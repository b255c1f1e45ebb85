// The client lives through everything that was recorded of a real FreeSWITCH, and says what came of it.
#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "tests/gateway/calls/socket_fixture.hpp"

namespace harborline::gateway {
namespace {

using ::testing::IsEmpty;
using testing::SwitchScript;
using testing::SwitchStep;
using ::testing::UnorderedElementsAreArray;

using State = EventSocket::State;

struct ReplayCase {
    std::string recording;
    std::vector<std::string> told;
    State state = State::kUp;
};
void PrintTo(const ReplayCase& one, std::ostream* out) {
    *out << one.recording;
}

/// What comes after a word in a text, up to one of the ends.
std::string after(std::string_view text, std::string_view word, std::string_view ends) {
    const auto at = text.find(word);
    if (at == std::string_view::npos) return {};
    text.remove_prefix(at + word.size());
    return std::string(text.substr(0, text.find_first_of(ends)));
}

class RecordingsTest : public testing::SocketFixture, public ::testing::WithParamInterface<ReplayCase> {
  protected:
    /// Gives the command that the recording waits for, where the client does not give it by itself.
    void play() {
        if (!client_->is_up() || !switch_->awaited() || switch_->awaits() == played_) return;
        played_ = switch_->awaits();
        const std::string& command = *switch_->awaited();
        if (command.starts_with("bgapi originate")) {
            originate(order_of(command));
        } else if (command.starts_with("api uuid_kill ")) {
            const std::string cause = after(command, "0000-4000-8000-", "").substr(12);
            hang_up(after(command, "uuid_kill ", " "), cause.empty() ? "NORMAL_CLEARING" : cause.substr(1));
        } else if (command.starts_with("api uuid_exists ") && switch_->connections() == 1) {
            ask_for(after(command, "uuid_exists ", ""));
        }
    }

    static CallOrder order_of(std::string_view command) {
        CallOrder order;
        order.command = command.substr(0, command.find('\n'));
        order.job = after(command, "Job-UUID: ", "\n");
        constexpr std::string_view kName = "origination_uuid=";
        for (auto at = command.find(kName); at != std::string_view::npos; at = command.find(kName, at + 1))
            order.legs.emplace_back(command.substr(at + kName.size(), 36));
        return order;
    }

    bool is_over() const {
        const bool refused = client_->state() == State::kWrongPassword || client_->state() == State::kTurnedAway;
        const auto scripted = static_cast<int>(scripts_);
        const bool back = client_->is_up() && switch_->connections() == scripted + 1 && client_->open_calls() == 0;
        return switch_->scripts_done() && under_way_ == 0 && (refused || back);
    }

    std::size_t scripts_ = 0;
    int played_ = 0;
};

TEST_P(RecordingsTest, EndsAsItDid) {
    std::vector<SwitchScript> scripts = testing::scripts_of(testing::read_recording(GetParam().recording));
    scripts_ = scripts.size();
    for (const SwitchStep& step : scripts.front()) {
        if (step.text.starts_with("auth ")) options_.password = core::Secret{step.text.substr(5)};
    }

    start(std::move(scripts));
    const bool over = wait([this] {
        play();
        return is_over();
    });

    EXPECT_TRUE(over) << "it does not end; still open: " << client_->open_calls();
    EXPECT_THAT(told_, UnorderedElementsAreArray(GetParam().told));
    EXPECT_EQ(client_->state(), GetParam().state);
    EXPECT_EQ(client_->why_not().empty(), client_->is_up());
}

const std::vector<ReplayCase> kCases{
    {"01-auth-wrong", {}, State::kWrongPassword},
    {"02-connect", {}},
    {"03-api", {"exists 99: no", "kill 99: no", "exists 99: no", "exists 99: no", "exists 99: no"}},
    {"04-no-auth-sent", {}},
    {"05-acl-denied", {}, State::kTurnedAway},
    {"10-answered", {"call 01: answered by 01", "over 01: NORMAL_CLEARING after 2020"}},
    {"11-busy", {"call 02: busy USER_BUSY", "over 02: USER_BUSY"}},
    {"12-declined", {"call 04: declined CALL_REJECTED", "over 04: CALL_REJECTED"}},
    {"13-notfound", {"call 05: no such number UNALLOCATED_NUMBER", "over 05: UNALLOCATED_NUMBER"}},
    {"14-unavailable", {"call 06: no answer NO_USER_RESPONSE", "over 06: NO_USER_RESPONSE"}},
    {"15-unreachable-refused", {"call 07: no way there NORMAL_TEMPORARY_FAILURE", "over 07: NORMAL_TEMPORARY_FAILURE"}},
    {"16-no-answer", {"call 08: no answer NO_ANSWER", "over 08: NO_ANSWER"}},
    {"17-no-sip-answer", {"call 09: no answer NO_ANSWER", "over 09: NO_ANSWER"}},
    // Three that fail without any hang-up; the last brings one.
    {"18-bad-dial-strings",
     {"call 10: no way there INVALID_GATEWAY", "call 11: no way there INVALID_PROFILE",
      "call 12: no way there CHAN_NOT_IMPLEMENTED", "call 14: busy USER_BUSY", "over 14: USER_BUSY"}},
    {"19-httapi-hangs-up", {"call 70: answered by 70", "over 70: NORMAL_CLEARING after 719"}},
    {"19b-httapi-unreachable", {"call 71: answered by 71", "over 71: NORMAL_CLEARING after 20"}},
    // Two legs of one job: the winner has the call, the loser is over by itself.
    {"20-par-ring+answered",
     {"call 20: answered by 21", "over 20: LOSE_RACE", "kill 21: yes", "over 21: ORIGINATOR_CANCEL after 354"}},
    {"21-par-busy+answered",
     {"over 22: USER_BUSY", "call 22: answered by 23", "kill 23: yes", "over 23: ORIGINATOR_CANCEL after 349"}},
    {"22-par-busy+declined",
     {"over 25: CALL_REJECTED", "over 24: USER_BUSY", "call 24: busy USER_BUSY", "kill 25: no"}},
    {"23-par-busy+no-answer",
     {"over 26: USER_BUSY", "call 26: no answer NO_ANSWER", "over 27: NO_ANSWER", "kill 27: no"}},
    {"24-par-one-uuid-for-two", {"over 28: NO_ANSWER", "call 28: no answer NO_ANSWER"}},
    {"25-two-jobs",
     {"call 31: answered by 31", "kill 30: yes", "over 30: LOSE_RACE", "call 30: ended before an answer LOSE_RACE",
      "kill 31: yes", "over 31: NORMAL_CLEARING after 360"}},
    {"30-kill-ringing",
     {"exists 40: yes", "kill 40: yes", "exists 40: no", "kill 40: no", "over 40: ORIGINATOR_CANCEL",
      "call 40: ended before an answer ORIGINATOR_CANCEL", "exists 40: no", "kill 40: no"}},
    {"31-kill-answered",
     {"call 41: answered by 41", "exists 41: yes", "kill 41: yes", "over 41: ORIGINATOR_CANCEL after 580",
      "exists 41: no"}},
    {"32-kill-at-once",
     {"kill 42: yes", "over 42: ORIGINATOR_CANCEL", "call 42: ended before an answer ORIGINATOR_CANCEL"}},
    {"33-kill-bad-cause", {"kill 43: yes", "over 43: NORMAL_CLEARING", "call 43: no way there NORMAL_CLEARING"}},
    // The second placing fails; the call whose name it took goes on.
    {"34-uuid-used-twice",
     {"call 44: answered by 44", "call 45: no way there DESTINATION_OUT_OF_ORDER", "exists 44: yes", "kill 44: yes",
      "over 44: NORMAL_CLEARING after 360"}},
    // The end of 46's job was filtered away, and everything of 48: after the cut, what is known of them is said.
    {"35-filters",
     {"over 46: USER_BUSY", "call 46: busy USER_BUSY", "over 47: USER_BUSY", "call 47: busy USER_BUSY",
      "over 48: nobody knows", "call 48: the connection to the switch was cut"}},
    {"36-blocking-api", {"call 49: answered by 49", "over 49: NORMAL_CLEARING after 640"}},
    {"40-cut-call-still-up", {"call 50: answered by 50", "kill 50: yes", "over 50: ORIGINATOR_CANCEL after 1340"}},
    {"41-cut-call-ended-meanwhile", {"call 51: answered by 51", "over 51: nobody knows after 0"}},
    {"42-cut-while-ringing", {"call 52: no answer NO_ANSWER", "over 52: NO_ANSWER"}},
    {"43-exit-while-ringing", {"over 53: nobody knows", "call 53: the connection to the switch was cut"}},
    {"44-noevents-nixevent",
     {"over 54: USER_BUSY", "call 54: busy USER_BUSY", "over 55: nobody knows",
      "call 55: the connection to the switch was cut", "call 56: busy USER_BUSY", "over 57: nobody knows",
      "call 57: the connection to the switch was cut"}},
    {"50-sigterm-with-calls",
     {"call 60: answered by 60", "over 61: SYSTEM_SHUTDOWN", "call 61: no way there SYSTEM_SHUTDOWN",
      "over 60: SYSTEM_SHUTDOWN after 540"}},
    {"51-fsctl-shutdown",
     {"call 60: answered by 60", "over 61: SYSTEM_SHUTDOWN", "call 61: no way there SYSTEM_SHUTDOWN",
      "over 60: SYSTEM_SHUTDOWN after 1340"}},
    {"52-sigkill",
     {"call 60: answered by 60", "over 60: nobody knows after 0", "over 61: nobody knows",
      "call 61: the connection to the switch was cut"}},
    {"53-sigterm-idle", {}},
};

INSTANTIATE_TEST_SUITE_P(Recorded, RecordingsTest, ::testing::ValuesIn(kCases), [](const auto& param_info) {
    std::string name = "Case" + param_info.param.recording;
    std::replace_if(
        name.begin(), name.end(), [](char c) { return c == '-' || c == '+'; }, '_');
    return name;
});

TEST(RecordingNames, AllHaveTheirCase) {
    std::set<std::string> with_case;
    for (const ReplayCase& one : kCases) with_case.insert(one.recording);

    const auto& names = testing::recording_names();

    EXPECT_EQ(names.size(), 38U);
    EXPECT_EQ(with_case, std::set<std::string>(names.begin(), names.end()));
}

}  // namespace
}  // namespace harborline::gateway
