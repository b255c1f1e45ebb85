#include "gateway/calls/call_placer.hpp"

#include <gmock/gmock.h>

#include "tests/gateway/calls/socket_fixture.hpp"

namespace harborline::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::SwitchScript;
using testing::SwitchStep;

using Kind = SendResult::Kind;

constexpr core::OutboxId kId{42};

std::string event_of_job(const std::string& job, const std::string& result) {
    const std::string inside = "Event-Name: BACKGROUND_JOB\nJob-UUID: " + job +
                               "\nContent-Length: " + std::to_string(result.size()) + "\n\n" + result;
    return "Content-Length: " + std::to_string(inside.size()) + "\nContent-Type: text/event-plain\n\n" + inside;
}

class CallPlacerTest : public testing::SocketFixture {
  protected:
    static OutgoingCall call() {
        OutgoingCall call;
        call.id = kId;
        call.command = [](std::string_view uuid) -> core::Result<std::string> {
            return "bgapi originate {origination_uuid=" + std::string(uuid) + "}sofia/lo/19900000002 &park()";
        };
        return call;
    }
    static SwitchScript greets() { return {{SwitchStep::Kind::kSay, "Content-Type: auth/request\n\n"}}; }

    /// Places the call, and lets its job end with `result`, or the connection with it.
    SendResult place(const std::string& result) {
        CallPlacer placer(*client_);
        std::optional<SendResult> came;
        boost::asio::co_spawn(loop_, placer.place(call()), [&](std::exception_ptr, SendResult end) { came = end; });
        bool said = false;
        const bool over = wait([&] {
            const std::string& last = switch_->commands().back();
            const auto job = last.find("Job-UUID: ");
            if (!said && job != std::string::npos && last.starts_with("bgapi")) {
                said = true;
                if (result.empty()) switch_->cut();
                if (!result.empty()) switch_->say(event_of_job(last.substr(job + 10), result));
            }
            return came.has_value();
        });
        if (!over) throw std::runtime_error("the call does not end");
        return *came;
    }
};

TEST_F(CallPlacerTest, SaysWhatBecameOfACall) {
    start_up();
    EXPECT_EQ(place("+OK " + call_name(kId, 1) + "\n").kind, Kind::kSent);
    EXPECT_EQ(place("-ERR USER_BUSY\n").kind, Kind::kRetry);
    EXPECT_EQ(place("-ERR NO_ANSWER\n").kind, Kind::kRetry);
    EXPECT_EQ(place("-ERR CALL_REJECTED\n").kind, Kind::kRetry);
    EXPECT_EQ(place("-ERR NORMAL_TEMPORARY_FAILURE\n").kind, Kind::kRetry);
    EXPECT_EQ(place("-ERR UNALLOCATED_NUMBER\n").kind, Kind::kRefused);
    EXPECT_EQ(place("").kind, Kind::kUnknown);
}

TEST_F(CallPlacerTest, NamesTheCallAndNoNumber) {
    start_up();
    EXPECT_EQ(place("+OK " + call_name(kId, 1) + "\n").carrier_id, call_name(kId, 1));
    const SendResult busy = place("-ERR USER_BUSY\n");
    EXPECT_EQ(busy.reason, "busy (USER_BUSY)");
    EXPECT_EQ(busy.carrier_id, "");
}

// After a crash the attempt is made again, while its call is up: the switch refuses the name, and nobody is rung twice.
TEST_F(CallPlacerTest, FindsTheAttemptThatIsUpAlready) {
    start({[] {
        SwitchScript script = greets();
        script.push_back({SwitchStep::Kind::kAwait, "api uuid_exists " + call_name(kId, 1)});
        script.push_back({SwitchStep::Kind::kSay, "Content-Type: api/response\nContent-Length: 4\n\ntrue"});
        return script;
    }()});
    ASSERT_TRUE(wait([this] { return client_->is_up(); }));

    EXPECT_EQ(place("-ERR DESTINATION_OUT_OF_ORDER\n").kind, Kind::kSent);
    EXPECT_EQ(place("-ERR DESTINATION_OUT_OF_ORDER\n").kind, Kind::kRetry) << "too many at once: there is no such call";
}

TEST_F(CallPlacerTest, TriesAgainWhileTheSocketIsDown) {
    start();
    CallPlacer placer(*client_);
    EXPECT_EQ(testing::run(loop_, placer.place(call())).kind, Kind::kRetry);
}

TEST_F(CallPlacerTest, RefusesAnOrderThatCanNotBeSent) {
    start_up();
    CallPlacer placer(*client_);
    OutgoingCall bad = call();
    bad.command = [](std::string_view) -> core::Result<std::string> {
        return core::Error{core::ErrorKind::kMalformed, "the number to dial is not one"};
    };
    const SendResult refused = testing::run(loop_, placer.place(bad));
    EXPECT_EQ(refused.kind, Kind::kRefused);
    EXPECT_EQ(refused.reason, "the number to dial is not one");
}

TEST(CallNameTest, IsTheSameForAnAttemptAndAnotherForTheNext) {
    EXPECT_TRUE(is_uuid(call_name(kId, 1)));
    EXPECT_EQ(call_name(kId, 1), call_name(kId, 1));
    EXPECT_NE(call_name(kId, 1), call_name(kId, 2));
    EXPECT_NE(call_name(kId, 1), call_name(core::OutboxId{43}, 1));
    EXPECT_NE(call_name(core::OutboxId{1}, 11), call_name(core::OutboxId{11}, 1));
    EXPECT_EQ(call_name(kId, 1).substr(14, 1), "8");
}

}  // namespace
}  // namespace harborline::gateway
