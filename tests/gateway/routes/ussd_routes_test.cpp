// What operators get for a session, and what Africa's Talking gets for texts, over real HTTP on loopback.
#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <string>

#include "tests/support/station.hpp"

namespace harborline::gateway {
namespace {

namespace json = boost::json;
using testing::body_of;
using ::testing::HasSubstr;
using testing::http;
using ::testing::Not;
using testing::phone;
using ::testing::StartsWith;
using testing::Station;
using testing::status_of;

constexpr std::string_view kCaller = "+8619900000001";
constexpr std::string_view kAgain = "刚才没收到，请再拨一次。急事打12338，危险打110。";

std::string asked(std::string_view json) {
    return http("POST", Station::path("operator", Station::kOperatorToken, "ussd"), json,
                "Content-Type: application/json\r\n");
}

std::string at(std::string_view action, std::string_view body) {
    return Station::form(Station::path("at", Station::kAtToken, action), body);
}

TEST(UssdRoutes_Test, ADialIsAnsweredWithAScreenAndItsRepeatWithTheSame) {
    Station station;

    const auto first = station.ask(Station::screen(kCaller, ""));
    const auto again = station.ask(Station::screen(kCaller, ""));

    EXPECT_EQ(status_of(first), 200);
    EXPECT_THAT(first, HasSubstr("Content-Type: text/plain"));
    EXPECT_THAT(body_of(first), StartsWith("CON "));
    EXPECT_EQ(body_of(again), body_of(first));
    EXPECT_TRUE(station.world.messages_to(phone(1)).empty()) << "nothing goes out beside the screen";
}

TEST(UssdRoutes_Test, AnOperatorsOwnDialectIsAnsweredInItsOwnForm) {
    Station station;

    const auto answer =
        station.ask(asked(R"({"sessionID":"s1","newSession":true,"msisdn":"+8619900000001","userData":"*928*01#"})"));

    EXPECT_EQ(status_of(answer), 200);
    const json::value body = json::parse(body_of(answer));
    EXPECT_EQ(body.at("sessionID"), json::value("s1"));
    EXPECT_TRUE(body.at("continueSession").as_bool());
    EXPECT_GT(body.at("message").as_string().size(), 10U);
}

TEST(UssdRoutes_Test, TheNewsOfAnEndIsAnsweredWithNothing) {
    Station station;
    station.ask(Station::screen(kCaller, ""));
    for (const auto* session : {"ATUid_1", "ATUid_1", "ATUid_never_seen"}) {
        const auto answer = station.ask(Station::session_end(kCaller, "1*2", "END 1", session));

        EXPECT_EQ(status_of(answer), 200) << session;
        EXPECT_EQ(body_of(answer), "") << session;
    }
}

TEST(UssdRoutes_Test, WhatCannotBeStoredEndsWithWordsOfOursAndIsNotAcknowledged) {
    Station station;
    station.ask(Station::screen(kCaller, ""));
    const auto before = station.world.fingerprint();
    station.tap.unavailable_after = 0;

    const auto screen = station.ask(Station::screen(kCaller, "2"));
    const auto own = station.ask(asked(R"({"sessionID":"s1","msisdn":"+8619900000001","userData":"2"})"));
    const auto end = station.ask(Station::session_end(kCaller, "2", "END 1"));

    EXPECT_EQ(status_of(screen), 200);
    EXPECT_EQ(body_of(screen), "END " + std::string{kAgain});
    EXPECT_EQ(json::parse(body_of(own)),
              (json::value{{"sessionID", "s1"}, {"message", kAgain}, {"continueSession", false}}));
    // Nobody looks at a screen: the carrier may come again.
    EXPECT_EQ(status_of(end), 503);
    EXPECT_EQ(station.world.fingerprint(), before);
    EXPECT_EQ(std::ranges::count(station.outcomes, InboundOutcome::kUnavailable), 3);
}

TEST(UssdRoutes_Test, BeyondTheLimitASessionEndsInWordsAndDangerGetsThrough) {
    Station station(Station::Limits{.texts_per_min = 2});
    station.ask(Station::screen(kCaller, ""));
    station.ask(Station::screen(kCaller, "2"));
    const auto before = station.world.fingerprint();

    const auto limited = station.ask(Station::screen(kCaller, "2*1"));

    EXPECT_EQ(status_of(limited), 200);
    EXPECT_EQ(body_of(limited), "END " + std::string{kAgain});
    EXPECT_EQ(station.outcomes.back(), InboundOutcome::kLimited);
    EXPECT_EQ(station.world.fingerprint(), before);
    EXPECT_THAT(body_of(station.ask(Station::screen(kCaller, "2*1*9"))), Not(HasSubstr(std::string{kAgain})));
    EXPECT_EQ(station.outcomes.back(), InboundOutcome::kAnswered);
}

TEST(UssdRoutes_Test, AWrongTokenAnUnknownChannelAndAForeignNetworkAreTheSame) {
    Station station;
    const auto before = station.world.fingerprint();
    for (const auto* action : {"ussd", "end"}) {
        const std::string body = "sessionId=A1&serviceCode=%2A1%23&phoneNumber=%2B8619900000001&text=1&status=Success";
        const auto wrong =
            station.ask(Station::form(Station::path("screens", "wrong-token-0123456789aa", action), body));
        const auto unknown = station.ask(Station::form(Station::path("nobody", Station::kScreensToken, action), body));
        const auto anothers = station.ask(Station::form(Station::path("screens", Station::kAtToken, action), body));
        const auto foreign = station.ask(Station::form(Station::path("far", Station::kFarToken, action), body));

        EXPECT_EQ(status_of(wrong), 404) << action;
        EXPECT_EQ(unknown, wrong) << action;
        EXPECT_EQ(anothers, wrong) << action;
        EXPECT_EQ(foreign, wrong) << action;
    }
    EXPECT_EQ(station.world.fingerprint(), before);
}

struct BadSession {
    std::string name{};
    std::string request{};
    int status = 400;
    friend void PrintTo(const BadSession& bad, std::ostream* out) { *out << bad.name; }
};

const std::string kScreens = Station::path("screens", Station::kScreensToken, "ussd");

const BadSession kBadSessions[] = {
    {"NoSession", Station::screen(kCaller, "1", "")},
    {"NoNumber", Station::screen("", "1")},
    {"NumberOfAMachine", Station::screen("10086", "1")},
    {"Junk", Station::form(kScreens, "%%%")},
    {"OtherContentType", http("POST", kScreens, "sessionId=A1", "Content-Type: multipart/form-data\r\n")},
    {"JunkForTheOperator", asked("{")},
    {"NoNumberForTheOperator", asked(R"({"sessionID":"s1","userData":"1"})")},
    {"EndWithoutSession", Station::session_end(kCaller, "1", "END 1", "")},
    {"WrongMethod", http("GET", kScreens + "?sessionId=A1"), 405},
    {"NoTextsHere", Station::form(Station::path("screens", Station::kScreensToken, "sms"), "text=1"), 404},
    {"NoReceiptsHere", Station::form(Station::path("screens", Station::kScreensToken, "status"), "id=1"), 404},
    {"NoScreensThere", at("ussd", "sessionId=A1"), 404},
    {"OptOutOfNobody", at("optout", "senderId=12338")},
    {"ReceiptWithoutId", at("status", "status=Success")},
    {"HugeBody", Station::form(kScreens, std::string(100'000, 'x')), 413},
};

class UssdRoutes_BadInput : public ::testing::TestWithParam<BadSession> {};

TEST_P(UssdRoutes_BadInput, IsAClearRefusalAndStoresNothing) {
    Station station;
    const auto before = station.world.fingerprint();

    const auto response = station.ask(GetParam().request);

    EXPECT_EQ(status_of(response), GetParam().status) << response;
    EXPECT_THAT(response, Not(HasSubstr("1990000")));
    EXPECT_EQ(station.world.fingerprint(), before);
}

INSTANTIATE_TEST_SUITE_P(Requests, UssdRoutes_BadInput, ::testing::ValuesIn(kBadSessions),
                         [](const auto& param_info) { return param_info.param.name; });

TEST(AfricasTalkingRoutes_Test, AnOptOutStopsEverythingAndNothingIsSentBack) {
    Station station;
    station.ask(at("sms", "id=A1&from=%2B8619900000001&to=12338&text=1&date=2027-03-03+02%3A00%3A00"));
    const auto sent = station.world.messages_to(phone(1)).size();
    ASSERT_GT(sent, 0U);

    const auto answer = station.ask(at("optout", "senderId=12338&phoneNumber=%2B8619900000001"));

    EXPECT_EQ(status_of(answer), 200);
    EXPECT_EQ(body_of(answer), "");
    EXPECT_EQ(station.world.messages_to(phone(1)).size(), sent);
    station.world.in([&](storage::Transaction& tx) {
        EXPECT_EQ(tx.handsets().find(phone(1))->opt_out, storage::OptOut::kEverything);
    });
}

TEST(AfricasTalkingRoutes_Test, ReceiptsAreAcceptedWhateverTheyNameAndSay) {
    Station station;
    for (const auto* body : {"id=ATXid_9&status=Success", "id=ATXid_9&status=SomethingNew", "id=ATXid_9&status=Failed"})
        EXPECT_EQ(status_of(station.ask(at("status", body))), 200) << body;

    EXPECT_EQ(std::ranges::count(station.outcomes, InboundOutcome::kReceipt), 3);
}

TEST(AfricasTalkingRoutes_Test, AReceiptMovesTheMessageThatTheCarrierNamed) {
    Station station;
    station.ask(at("sms", "id=A1&from=%2B8619900000001&to=12338&text=1&date=2027-03-03+02%3A00%3A00"));
    const auto& now = station.world.clock;
    const auto id = station.world.in([&](storage::Transaction& tx) {
        auto sent = tx.outbox().claim_due("at", now.now(), now.now() + std::chrono::minutes{1}, 1).at(0);
        sent.state = core::MessageState::kSent;
        tx.outbox().settle(sent);
        station.world.ground->replies().named(tx, sent, "ATXid_1", now.now());
        return sent.id;
    });

    EXPECT_EQ(status_of(station.ask(at("status", "id=ATXid_1&status=Success"))), 200);

    station.world.in(
        [&](storage::Transaction& tx) { EXPECT_EQ(tx.outbox().find(id)->state, core::MessageState::kDelivered); });
}

}  // namespace
}  // namespace harborline::gateway
